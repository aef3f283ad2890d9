using OrtTrainer.Studies.Flatness;

namespace OrtTrainer.Tests.Studies.Flatness;

public sealed class FlatnessMeasureTests
{
    private static readonly TopEigenvalue Known = new(80, 12, 1e-4, 0.01, true, null, new(0.01, 1e-3));

    [Test]
    public void Values_stand_in_the_order_of_the_weights()
    {
        FlatnessReport report = Report(Known, Known with { Value = 20 });

        Assert.That(Row("top Hessian eigenvalue"), Is.EqualTo(new[] { "80", "20" }));
        Assert.That(Row("loss"), Is.EqualTo(new[] { "0.5000", "0.5000" }));
        Assert.That(Row("rise at radius 1, 2 directions"), Is.EqualTo(new[] { "0.25", "0.25" }));
        Assert.That(FlatnessMeasure.Remarks(report), Is.EqualTo(new[]
        {
            "live to averaged: 3 apart, barrier 0.1", "no step was small enough", "measured in 1.5 s",
        }));

        IReadOnlyList<string> Row(string name) => FlatnessMeasure.Of(report).Single(m => m.Name == name).Values;
    }

    [Test]
    public void An_eigenvalue_that_still_moves_is_called_so() => Assert.That(
        FlatnessMeasure.Remarks(Report(Known with { Converged = false, LastChange = 0.125 }, Known)),
        Has.Some.EqualTo("warning: the top eigenvalue of the live weights still changed by 0.125 of itself after 12 " +
            "iterations; allow more of them."));

    [Test]
    public void Weights_that_are_no_minimum_are_called_so() => Assert.That(
        FlatnessMeasure.Remarks(Report(Known, Known with { MostNegative = -95 })),
        Has.Some.StartsWith(
            "warning: at the averaged weights the Hessian has the eigenvalue -95, larger than the top"));

    private static FlatnessReport Report(TopEigenvalue live, TopEigenvalue averaged) => new()
    {
        Run = "run",
        Data = "8 examples",
        Examples = 8,
        Metric = "accuracy",
        Options = new FlatnessOptions { Radius = 1, Directions = 2, TraceSamples = 0 },
        Notes = ["no step was small enough"],
        Weights = [Weights("live", live), Weights("averaged", averaged)],
        Lines = [new LossLine("live", "averaged", 3, [0, 1], [0.5, 0.5], [1, 1], 0.1)],
        Seconds = 1.5,
    };

    private static WeightsFlatness Weights(string name, TopEigenvalue top) => new(
        name, 0.5, 0.75, 10, 1, new(0.05, 0.6, 0.1), new(0.5, 0.6, 0.1), top, null,
        new DirectionScan([-1, 0, 1], [[0.5, 0.5, 1]], [0.75, 0.5, 0.75], null, [1, 1, 1], null));
}
