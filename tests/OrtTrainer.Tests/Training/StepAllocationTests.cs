using OrtTrainer.Training;
using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Tests.Training;

/// <summary>
/// Steps make no garbage of their own. What is left is ONNX Runtime's managed API, which allocates an object, its
/// arrays and a name in bytes for every tensor that is bound anew because its shape has changed, about five of them a
/// step (1.4 KB were measured); and the order of a new epoch (0.2 KB).
/// </summary>
public sealed class StepAllocationTests
{
    private const int Rounds = 3;
    private const int Steps = 20;

    [TestCase(11, 400)]
    [TestCase(4, 2000)]
    public void A_step_allocates_what_binding_new_shapes_takes(int batchSize, int bytesPerStep)
    {
        using TinyTraining tiny = new(dropout: true, new EqualShares(), words: 400);
        AveragingPlan plan = new() { TotalSteps = 1000, StartFraction = 0 };
        using Trainer trainer = tiny.Trainer(tiny.Options(batchSize, clip: 1), plan);
        for (int i = 0; i < 60; i++)
        {
            trainer.Step();
        }

        // The least of several rounds: other threads of the process may allocate, too.
        long least = long.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < Steps; i++)
            {
                trainer.Step();
            }

            least = Math.Min(least, (GC.GetTotalAllocatedBytes(precise: true) - before) / Steps);
        }

        Assert.That(least, Is.LessThan(bytesPerStep));
    }
}
