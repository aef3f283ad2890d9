using OrtTrainer.Teachers;
using OrtTrainer.Tests.Models;
using OrtTrainer.Tests.Models.Plain;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Teachers;

internal sealed class LayerSessionTests
{
    private static IEnumerable<TestCaseData> Cases() =>
        PlainGolden.All.Select(golden => new TestCaseData(golden).SetArgDisplayNames(Path.GetFileName(golden.Folder)));

    [TestCaseSource(nameof(Cases))]
    public void States_are_the_means_over_the_tokens_of_the_plain_twins_layers(PlainGolden own)
    {
        own.Ensure();
        using GoldenModel golden = new(own.Folder);
        TokenizedExample[] examples = golden.Batch(0);
        PlainModel plain = own.NewModel();
        double[] expected =
        [
            .. examples.SelectMany(e => plain.States(new Tape(), e.InputIds, e.TokenTypeIds)).SelectMany(Mean),
        ];

        using LayerSession session = new(golden.Pretrained, new() { IntraOpThreads = 1 });
        float[] states = session.Run(examples, 4096, new Progress<int>(), CancellationToken.None);

        Assert.That(states.Select(v => (double)v), Is.EqualTo(expected).Within(1e-5));
    }

    private static IEnumerable<double> Mean(Tensor state) => Enumerable.Range(0, state.Columns)
        .Select(c => Enumerable.Range(0, state.Rows).Average(r => state.Value[r, c]));
}
