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
            memory.Save(new BinaryWriter(stream));
            stream.Position = 0;
            read.Load(new BinaryReader(stream));
            Assert.Equal((stage, 7, 0.25, 3.0), (read.Stage, read.IdleSteps, read.LeastGradient, read.Region.Radius));
        }
    }
}
