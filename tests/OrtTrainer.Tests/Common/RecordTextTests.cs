using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using OrtTrainer.Data;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Studies;
using OrtTrainer.Tasks;

namespace OrtTrainer.Tests.Common;

/// <summary>Records in a log show what is in their lists and dictionaries.</summary>
public sealed class RecordTextTests
{
    // Parts of the engine that nobody logs: graphs, batches and drawings.
    private static readonly string[] Exempt =
        ["OrtTrainer.Models", "OrtTrainer.Training", "OrtTrainer.Reports", "OrtTrainer.Studies.Reports"];

    [Test]
    public void An_evaluation_shows_its_scores() =>
        Assert.That(
            new EvaluationPoint(40, new Dictionary<string, double> { ["loss"] = 0.5, ["mcc"] = 0.25 }, null).ToString(),
            Is.EqualTo("EvaluationPoint { Step = 40, Live = {loss: 0.5, mcc: 0.25}, Averaged = null }"));

    [Test]
    public void An_event_shows_what_it_carries_alike_in_every_culture()
    {
        CultureInfo comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        EvaluationPoint point = new(1234, new Dictionary<string, double> { ["loss"] = 1234.5 }, null);
        CultureInfo before = CultureInfo.CurrentCulture;
        string text;
        try
        {
            CultureInfo.CurrentCulture = comma;
            text = new RunEvent.Evaluated(point, "loss").ToString();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        Assert.That(text, Is.EqualTo(
            "Evaluated { Point = EvaluationPoint { Step = 1234, Live = {loss: 1234.5}, Averaged = null }, " +
            "Metric = loss }"));
    }

    [Test]
    public void Options_show_their_lists()
    {
        FineTuneOptions options = new()
        {
            Model = "m",
            Output = "o",
            Data = new DataOptions
            {
                Train = "t.csv",
                ModelLabels = ["a", "b"],
                Table = new TableOptions { Columns = ["text", "label"] },
            },
        };
        Assert.That(options.ToString(), Does.Contain("ModelLabels = [a, b]").And.Contain("Columns = [text, label]")
            .And.Not.Contain("System."));
    }

    [Test]
    public void Long_lists_say_how_long_they_are()
    {
        StudyResults results = new()
        {
            Name = "s",
            Baseline = "b",
            Runs = [],
            Seeds = [.. Enumerable.Range(1, 1000).Select(seed => (long)seed)],
        };
        Assert.That(results.ToString(), Does.Contain("19, 20, … 1000 in all]"));
    }

    [TestCase(typeof(FineTuner))]
    [TestCase(typeof(Study))]
    public void No_public_record_shows_the_type_of_a_collection_in_place_of_its_contents(Type inAssembly)
    {
        string[] unreadable =
        [
            .. inAssembly.Assembly.GetExportedTypes().Where(IsRecord).Where(HasCollection)
                .Where(type => !Exempt.Any(part => type.Namespace!.StartsWith(part, StringComparison.Ordinal)))
                .Where(type => type.GetMethod(nameof(ToString), Type.EmptyTypes)!
                    .IsDefined(typeof(CompilerGeneratedAttribute), inherit: false))
                .Select(type => type.FullName!),
        ];
        Assert.That(unreadable, Is.Empty, "override ToString with RecordText.Of");
    }

    private static bool IsRecord(Type type) => type.GetMethod(
        "PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic, [typeof(StringBuilder)]) is not null;

    private static bool HasCollection(Type type) => type.GetProperties().Any(property =>
        property.CanWrite && property.PropertyType != typeof(string)
        && typeof(IEnumerable).IsAssignableFrom(property.PropertyType));
}
