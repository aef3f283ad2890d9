using OrtTrainer.Runtime;
using OrtTrainer.Tests.Tasks;
using OrtTrainer.Training;
using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Tests.Training;

public sealed class EvaluationSessionTests
{
    [Test]
    public void Results_keep_the_order_of_the_examples_and_do_not_depend_on_the_batches()
    {
        using TinyTraining tiny = new();
        using EvaluationSession session = tiny.Evaluation();

        float[] together = session.Logits(tiny.State.Parameters, tiny.Examples, TinyTraining.Outputs);

        foreach (int tokens in new[] { 1, 13, 30 })
        {
            float[] parts = session.Logits(tiny.State.Parameters, tiny.Examples, TinyTraining.Outputs, tokens);
            Assert.That(parts, Is.EqualTo(together).Within(2e-6), $"{tokens} tokens per batch");
        }

        for (int i = 0; i < tiny.Examples.Length; i++)
        {
            float[] alone = session.Logits(tiny.State.Parameters, [tiny.Examples[i]], TinyTraining.Outputs);
            Assert.That(alone, Is.EqualTo(together[(3 * i)..(3 * (i + 1))]).Within(2e-6), $"example {i}");
        }
    }

    [Test]
    public void Live_and_averaged_weights_are_read_in_place()
    {
        using TinyTraining tiny = new(rule: new EqualShares());
        using EvaluationSession session = tiny.Evaluation();
        tiny.State.Average!.Update(tiny.State.Parameters, step: 1);
        float[] live = Logits(session, tiny, tiny.State.Parameters);
        Assert.That(Logits(session, tiny, tiny.State.Average.Buffer), Is.EqualTo(live));

        tiny.State.Average.Buffer.Clear();

        Assert.That(Logits(session, tiny, tiny.State.Average.Buffer), Is.All.Zero);
        Assert.That(Logits(session, tiny, tiny.State.Parameters), Is.EqualTo(live));
    }

    [Test]
    public void No_examples_give_no_logits()
    {
        using TinyTraining tiny = new();
        using EvaluationSession session = tiny.Evaluation();

        Assert.That(session.Logits(tiny.State.Parameters, [], TinyTraining.Outputs), Is.Empty);
    }

    [Test]
    public void Cancellation_stops_between_batches()
    {
        using TinyTraining tiny = new();
        using EvaluationSession session = tiny.Evaluation();

        Assert.That(
            () => session.Logits(
                tiny.State.Parameters, tiny.Examples, TinyTraining.Outputs, cancellation: new(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>());
    }

    private static float[] Logits(EvaluationSession session, TinyTraining tiny, WeightBuffer weights) =>
        session.Logits(weights, tiny.Examples, TinyTraining.Outputs);
}
