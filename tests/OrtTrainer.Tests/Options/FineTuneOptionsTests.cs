using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Tests.Options;

public sealed class FineTuneOptionsTests
{
    private static readonly FineTuneOptions Valid = new()
    {
        Model = "model",
        Output = "out",
        Data = new DataOptions { Train = "train.tsv" },
    };

    private static IEnumerable<TestCaseData> Wrong()
    {
        static TestCaseData Case(string field, string value, string range, Func<FineTuneOptions> set) =>
            new TestCaseData(set, field, value, range).SetArgDisplayNames(field, value);
        yield return Case("Model", "empty", "folder", () => Valid with { Model = " " });
        yield return Case("Output", "empty", "folder", () => Valid with { Output = "" });
        yield return Case("Schedule", "-1", "Linear", () => Valid with { Schedule = (ScheduleKind)(-1) });
        yield return Case("Rate", "3", "Cyclical", () => With(new Swa { Rate = (SwaRate)3 }));
        yield return Case("Epochs", "0", "above 0", () => Valid with { Epochs = 0 });
        yield return Case("Epochs", "NaN", "above 0", () => Valid with { Epochs = double.NaN });
        yield return Case("MaxSteps", "0", "1 or more", () => Valid with { MaxSteps = 0 });
        yield return Case("MaxSeconds", "0", "above 0", () => Valid with { MaxSeconds = 0 });
        yield return Case("BatchSize", "0", "1 or more", () => Valid with { BatchSize = 0 });
        yield return Case("Accumulation", "-2", "1 or more", () => Valid with { Accumulation = -2 });
        yield return Case("BatchByLength", "1", "2 or more", () => Valid with { BatchByLength = 1 });
        yield return Case("LearningRate", "-0.1", "0 or more", () => Valid with { LearningRate = -0.1 });
        yield return Case("LearningRate", "Infinity", "0 or more", () =>
            Valid with { LearningRate = double.PositiveInfinity });
        yield return Case("Warmup", "1", "from 0 to below 1", () => Valid with { Warmup = 1 });
        yield return Case("WeightDecay", "-1", "0 or more", () => Valid with { WeightDecay = -1 });
        yield return Case("Beta1", "1", "from 0 to below 1", () => Valid with { Beta1 = 1 });
        yield return Case("Beta2", "-0.5", "from 0 to below 1", () => Valid with { Beta2 = -0.5 });
        yield return Case("Epsilon", "0", "above 0", () => Valid with { Epsilon = 0 });
        yield return Case("ClipNorm", "0", "above 0", () => Valid with { ClipNorm = 0 });
        yield return Case("MaxLength", "7", "8 or more", () => Valid with { MaxLength = 7 });
        yield return Case("Dropout", "1", "from 0 to below 1", () => Valid with { Dropout = 1 });
        yield return Case("Start", "1", "from 0 to below 1", () => With(new Swa { Start = 1 }));
        yield return Case("Interval", "0", "1 or more", () => With(new Swa { Interval = 0 }));
        yield return Case("LearningRate", "-1", "0 or more", () => With(new Swa { LearningRate = -1 }));
        yield return Case("Decay", "1", "from 0 to below 1", () => With(new Ema { Decay = 1 }));
        yield return Case("EvalSteps", "0", "1 or more", () => Valid with { EvalSteps = 0 });
        yield return Case("Patience", "0", "1 or more", () => Valid with { Patience = 0 });
        yield return Case("CheckpointSeconds", "-1", "0 or more", () => Valid with { CheckpointSeconds = -1 });
        yield return Case("Layers", "[]", "at least one layer", () => Valid with { Layers = [] });
        yield return Case("Layers", "[0, -1]", "counted from 0", () => Valid with { Layers = [0, -1] });
        yield return Case("Threads", "0", "1 or more", () => Valid with { Threads = 0 });
        yield return Case("Interval", "1", "2 or more", () => With(new Swa { Rate = SwaRate.Cyclical }).Resolve());
        yield return Case("Accumulation", "65536", "2147483647", () =>
            (Valid with { BatchSize = 65536, Accumulation = 65536 }).Resolve());
    }

    [TestCaseSource(nameof(Wrong))]
    public void A_value_out_of_range_names_field_value_and_range(
        Func<FineTuneOptions> set, string field, string value, string range) => Assert.That(
        () => set(),
        Throws.InstanceOf<ArgumentException>().With.Message.Contains(field).And.Message.Contains(value)
            .And.Message.Contains(range));

    [TestCase("finetune", 5e-5, ScheduleKind.Linear)]
    [TestCase("label-smoothing+ema", 5e-5, ScheduleKind.Linear)]
    [TestCase("label-smoothing+swa", 1e-4, ScheduleKind.ConstantWithWarmup)]
    public void The_method_decides_rate_and_schedule_unless_they_are_given(
        string word, double rate, ScheduleKind schedule)
    {
        FineTuneMethod method = FineTuneMethod.Parse(word);
        FineTuneOptions resolved = (Valid with { Method = method }).Resolve();
        Assert.That((resolved.LearningRate, resolved.Schedule), Is.EqualTo(((double?)rate, (ScheduleKind?)schedule)));

        FineTuneOptions given = Valid with { Method = method, LearningRate = 0.1, Schedule = ScheduleKind.Cosine };
        Assert.That((given.Resolve().LearningRate, given.Resolve().Schedule), Is.EqualTo((0.1, ScheduleKind.Cosine)));
    }

    [TestCase("classification", null, "accuracy")]
    [TestCase("multi_label", null, "micro_f1")]
    [TestCase("regression", null, "spearman")]
    [TestCase("classification", "F1-macro", "macro_f1")]
    public void The_task_decides_the_metric_unless_it_is_given(string task, string? given, string expected) =>
        Assert.That(
            (Valid with { Metric = given, Data = Valid.Data with { Task = ModelTask.Named(task) } }).Resolve().Metric,
            Is.EqualTo(expected));

    [Test]
    public void Resolving_twice_changes_nothing()
    {
        FineTuneOptions once = Valid.Resolve();

        Assert.That(once.Resolve(), Is.EqualTo(once));
        Assert.That(Path.IsPathFullyQualified(once.Model) && Path.IsPathFullyQualified(once.Data.Train));
        Assert.That(once.Threads, Is.EqualTo(Environment.ProcessorCount));
    }

    [TestCase(false, null, false)]
    [TestCase(true, null, true)]
    [TestCase(false, 3, true)]
    public void Patience_or_the_wish_ends_a_run_with_its_best_weights(bool keepBest, int? patience, bool expected) =>
        Assert.That((Valid with { KeepBest = keepBest, Patience = patience }).EndsWithBest, Is.EqualTo(expected));

    [Test]
    public void Ways_of_reading_tables_come_back_from_a_file_as_they_were_written()
    {
        TableOptions table = new() { Format = DataFormat.Csv, Columns = ["a", "b"], Delimiter = '|', Quoted = true };
        FineTuneOptions options = Valid with { Data = Valid.Data with { Table = table } };

        TableOptions read = Read(JsonSerializer.Serialize(options, RunJson.Options)).Data.Table;

        Assert.That(read with { Columns = null }, Is.EqualTo(table with { Columns = null }));
        Assert.That(read.Columns, Is.EqualTo(table.Columns));
    }

    [Test]
    public void A_file_may_leave_out_what_has_a_default()
    {
        FineTuneOptions read = Read("""
            { "model": "m", "output": "o", "ema": { "decay": 0.5 }, "method": "sam+ema", "layers": [0, 2],
              "data": { "train": "t.csv", "task": "multi_label", "table": { "format": "csv" } } }
            """);

        Assert.That((read.Model, read.Method),
            Is.EqualTo(("m", FineTuneMethod.Of(new Sam(), new Ema { Decay = 0.5 }))), "whatever comes first");
        Assert.That((read.Data.Task, read.Data.Table.Format), Is.EqualTo((MultiLabelTask.Instance, DataFormat.Csv)));
        Assert.That((read.Epochs, read.ClipNorm, read.Layers), Is.EqualTo((3.0, (double?)1, new[] { 0, 2 })));
    }

    [TestCase("""{ "model": "m", "output": "o", "data": { "train": "t" }, "learning-rate": 1 }""",
        "learning-rate is unknown; did you mean learning_rate?")]
    [TestCase("""{ "model": "m", "output": "o", "data": { "train": "t", "text": "x" } }""",
        "data.text is unknown; did you mean test?")]
    [TestCase("""{ "model": "m", "output": "o", "data": { "train": "t" }, "sam": { "rho": 1 } }""",
        "sam holds settings of the method sam; the method is swa.")]
    [TestCase("""{ "model": "m", "output": "o", "data": { "train": "t" }, "swa": { "start": 2 } }""",
        "Start is 2; expected from 0 to below 1.")]
    [TestCase("""{ "model": "m", "output": "o", "data": { "train": "t" }, "swa": null }""",
        "swa is null; expected an object in braces.")]
    [TestCase("""{ "model": "m", "output": "o", "data": null }""", "data is null; expected an object in braces.")]
    [TestCase("""{ "model": "m", "output": "o" }""", "data")]
    [TestCase("""{ "model": "m", "output": "o", "data": { "train": "t" }, "epochs": -1 }""",
        "Epochs is -1; expected above 0")]
    [TestCase("""{ "model": "m", "output": "o", "data": { "train": "t" }, "method": "swaa" }""", "Method is 'swaa'")]
    [TestCase("""{ "model": "m", "output": "o", "data": { "train": "t" }, "method": 1 }""",
        "method is a number; expected a text in quotes.")]
    [TestCase("""{ "model": "m", "output": "o", "data": { "train": "t" }, "batch_size": "8" }""",
        "batch_size is a text; expected a number.")]
    [TestCase("""{ "model": "m", "output": "o", "data": { "train": "t" }, "batch_size": 1.5 }""",
        "batch_size is 1.5; expected a whole number up to 2147483647.")]
    [TestCase("""{ "model": "m", "output": "o", "data": { "train": "t" }, "seed": 1e30 }""",
        "seed is 1e30; expected a whole number up to 9223372036854775807.")]
    [TestCase("""{ "model": "m", "output": "o", "data": { "train": "t" }, "optimizer": "adam" }""",
        "optimizer is 'adam'; expected one of adamw, sgd, adafactor.")]
    [TestCase("""{ "model": "m", "output": "o", "data": { "train": "t" }, "swa": { "rate": "x" } }""",
        "swa.rate is 'x'; expected one of constant, cyclical, anneal.")]
    [TestCase("""{ "model": "m", "output": "o", "data": { "train": "t" }, "layers": [0, null] }""",
        "layers[1] is null; expected a number.")]
    [TestCase("""{ "model": "m", "output": "o", "data": { "train": "t", "table": { "columns": ["a", 1] } } }""",
        "data.table.columns[1] is a number; expected a text in quotes.")]
    [TestCase("""{ "model": "m", "output": "o", "data": { "train": "t", "model_labels": [null] } }""",
        "data.model_labels[0] is null; expected a text in quotes.")]
    [TestCase("""{ "model": "m", "output": "o", "data": { "train": "t", "table": { "delimiter": "ab" } } }""",
        "data.table.delimiter is 'ab'; expected one character.")]
    [TestCase("""{ "model": "m", "output": "o", "data": {}, "class_weights": { "by_label": { "a": null } } }""",
        "class_weights.by_label.a is null; expected a number.")]
    [TestCase("""{ "model": "m" """, "LineNumber: 0")]
    [TestCase("null", "expected a JSON object with options")]
    public void A_wrong_name_or_value_in_a_file_is_named_with_the_file(string json, string named)
    {
        RunException failure = Assert.Throws<RunException>(() => Read(json))!;

        Assert.That(failure.Message, Does.Contain("options.json").And.Contain(named).And.Not.Contain("\n"));
    }

    [Test]
    public void A_missing_file_is_named() => Assert.That(
        () => FineTuneOptions.Read("/nowhere/options.json"),
        Throws.TypeOf<RunException>().With.Message.Contains("/nowhere/options.json"));

    private static FineTuneOptions Read(string json)
    {
        using TemporaryFolder folder = new();
        return FineTuneOptions.Read(folder.Write("options.json", json));
    }

    private static FineTuneOptions With(MethodPart part) => Valid with { Method = FineTuneMethod.Of(part) };
}
