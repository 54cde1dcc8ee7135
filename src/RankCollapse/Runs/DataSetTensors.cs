using RankCollapse.Data;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Runs;

/// <summary>A data set as a safetensors file: X [d, N] and Y [K, N] as F64, labels [N] as I64 (none for regression).</summary>
internal static class DataSetTensors
{
    private const string NameKey = "name";

    public static void Write(string path, DataSet data) => WriterOf(data).Write(path);

    /// <summary>What writes the file.</summary>
    public static SafetensorsWriter WriterOf(DataSet data) =>
        new SafetensorsWriter()
            .AddMetadata(NameKey, data.Name)
            .Add("X", data.Inputs)
            .Add("Y", data.Targets)
            .Add("labels", Array.ConvertAll(data.Labels, label => (long)label));

    /// <summary>Reads a data set.</summary>
    /// <exception cref="InvalidInputException">The file is missing or damaged, or its tensors do not make a data set.</exception>
    public static DataSet Read(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        MemoryBudget.Require(file.Tensors.Sum(tensor => (double)sizeof(double) * tensor.Count), path, "use fewer samples (max-memory)");
        Matrix inputs = ReadMatrix(file, "X");
        Matrix targets = ReadMatrix(file, "Y");
        long[] labels = file.ReadIntegers("labels");
        if (inputs.Columns != targets.Columns || (labels.Length != 0 && labels.Length != inputs.Columns))
            throw new InvalidInputException($"{path}: X is {inputs}, Y is {targets} and there are {labels.Length} labels; samples are columns and their "
                + "numbers must be equal; restore the file.");
        long wrong = Array.Find(labels, label => label < 0 || label >= targets.Rows);
        if (wrong != 0)
            throw new InvalidInputException($"{path} has the label {wrong}, outside 0…{targets.Rows - 1}; restore the file.");
        string name = file.Metadata.TryGetValue(NameKey, out string? found) ? ErrorText.Printable(found) : Path.GetFileName(path);
        return new DataSet(name, inputs, targets, Array.ConvertAll(labels, label => (int)label));
    }

    private static Matrix ReadMatrix(SafetensorsFile file, string name)
    {
        TensorDescription tensor = file.Describe(name);
        return tensor.Shape.Count == 2
            ? file.ReadMatrix(name)
            : throw new InvalidInputException(
                $"{file.Path}: {name} has the shape {tensor.ShapeText}, expected two dimensions with samples as columns; restore the file.");
    }
}
