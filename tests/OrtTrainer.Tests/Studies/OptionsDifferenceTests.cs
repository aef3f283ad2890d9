using OrtTrainer.Data;
using OrtTrainer.Options;
using OrtTrainer.Studies;
using OrtTrainer.Tasks;

namespace OrtTrainer.Tests.Studies;

public sealed class OptionsDifferenceTests
{
    private static readonly FineTuneOptions Options =
        new() { Model = "m", Output = "o", Data = new DataOptions { Train = "t" } };

    [Test]
    public void Settings_are_named_as_in_the_files_with_both_values() =>
        Assert.That(
            OptionsDifference.Of(
                Options with { Epochs = 5, Data = Options.Data with { Eval = "e" }, Layers = [0, 2] }, Options),
            Is.EqualTo(new[] { "data.eval: \"e\" was null", "epochs: 5 was 3", "layers: [0,2] was null" }));

    [Test]
    public void What_changes_no_bit_is_no_difference() =>
        Assert.That(
            OptionsDifference.Of(Options with { Output = "p", Threads = 7, CheckpointSeconds = 1 }, Options), Is.Empty);
}
