using OrtTrainer.Studies.Flatness;

namespace OrtTrainer.Tests.Studies.Flatness;

public sealed class FlatnessOptionsTests
{
    [TestCase("Rho is 0; expected above 0.")]
    [TestCase("AdaptiveRho is -1; expected above 0.")]
    [TestCase("Radius is NaN; expected above 0.")]
    [TestCase("Tolerance is Infinity; expected above 0.")]
    [TestCase("Points is 1; expected 2 or more.")]
    [TestCase("Directions is 0; expected 1 or more.")]
    [TestCase("Examples is 0; expected 1 or more.")]
    [TestCase("Iterations is 0; expected 1 or more.")]
    [TestCase("TraceSamples is -1; expected 0 or more.")]
    [TestCase("Threads is 0; expected 1 or more.")]
    public void A_value_outside_its_range_is_refused_with_name_value_and_range(string message) =>
        Assert.That(() => Set(message.Split(' ')[0]),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.StartsWith(message));

    private static FlatnessOptions Set(string name) => name switch
    {
        "Rho" => new() { Rho = 0 },
        "AdaptiveRho" => new() { AdaptiveRho = -1 },
        "Radius" => new() { Radius = double.NaN },
        "Tolerance" => new() { Tolerance = double.PositiveInfinity },
        "Points" => new() { Points = 1 },
        "Directions" => new() { Directions = 0 },
        "Examples" => new() { Examples = 0 },
        "Iterations" => new() { Iterations = 0 },
        "TraceSamples" => new() { TraceSamples = -1 },
        _ => new() { Threads = 0 },
    };
}
