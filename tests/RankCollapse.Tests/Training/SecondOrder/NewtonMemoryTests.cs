using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Tests.Training.SecondOrder;

public sealed class NewtonMemoryTests
{
    [Fact]
    public void WhatIsSaved_IsLoaded()
    {
        foreach (NewtonStage stage in Enum.GetValues<NewtonStage>())
        {
            NewtonMemory memory = new() { Stage = stage, IdleSteps = 7, LeastGradient = 0.25 }, read = new();
            memory.Region.Reset(3);
            using var stream = new MemoryStream();
            using var writer = new BinaryWriter(stream);
            memory.Save(writer);
            stream.Position = 0;
            using var reader = new BinaryReader(stream);
            read.Load(reader);
            Assert.Equal((stage, 7, 0.25, 3.0), (read.Stage, read.IdleSteps, read.LeastGradient, read.Region.Radius));
        }
    }

    [Fact]
    public void WhatConcernsKinks_IsSavedWhereThereAreSome()
    {
        NewtonMemory memory = new() { IdleSteps = 3, KinkWidth = 1e-4, StepsAtWidth = 5, LastValue = 0.5, Excursions = 2, IsAtKinks = true, Restarts = 1 };
        NewtonMemory read = new();
        memory.Region.Reset(3);
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        memory.Save(writer);
        stream.Position = 0;
        using var reader = new BinaryReader(stream);
        read.Load(reader);
        Assert.Equal((3, 1e-4, 5, 0.5), (read.IdleSteps, read.KinkWidth, read.StepsAtWidth, read.LastValue));
        Assert.Equal((2, 1, true), (read.Excursions, read.Restarts, read.IsAtKinks));
        Assert.Equal(stream.Length, stream.Position);
    }
}
