using System.Reflection;
using CommandLine;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Commands;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Tests.Cli;

public sealed class FinetuneSettingsTests
{
    private const string Needed = "--model M --train T.csv --out O";

    [Test]
    public void Every_option_reaches_the_library()
    {
        FineTuneOptions options = Settings(
            "--model M --train T.csv --eval E.csv --test S.csv --out O --text a --pair b --label c --columns a,b,c "
            + "--format tsv --delimiter | --quoted --label-separator ; --sample-weight w "
            + "--loss-weight v --task multilabel --method sam+swag "
            + "--epochs 2.5 --max-steps 7 "
            + "--max-seconds 9 --batch-size 4 --accumulation 2 --batch-by-length 50 "
            + "--lr 3e-4 --schedule cosine --warmup 0.2 "
            + "--optimizer sgd --momentum 0.75 --nesterov "
            + "--weight-decay 0.3 --clip 2 --max-length 64 --dropout 0.25 --swa-start 0.1 --swa-interval 3 "
            + "--swa-rate anneal --swa-lr 1e-6 --samples 3 --rho 0.2 --eval-steps 11 --patience 5 --keep-best "
            + "--metric macro_f1 --eval-fraction 0.2 --checkpoint-seconds 30 --seed 42 --from-scratch --layers 0,2 "
            + "--threads 1 --no-kernels");

        FineTuneOptions expected = new FineTuneOptions
        {
            Model = "M",
            Output = "O",
            Data = new DataOptions
            {
                Train = "T.csv",
                Eval = "E.csv",
                Test = "S.csv",
                TextColumn = "a",
                PairColumn = "b",
                LabelColumn = "c",
                LabelSeparator = ";",
                SampleWeightColumn = "w",
                LossWeightColumn = "v",
                Task = MultiLabelTask.Instance,
                EvalFraction = 0.2,
                Table = options.Data.Table,
            },
            Method = FineTuneMethod.Of(
                new Sam { Rho = 0.2 },
                new Swag { Start = 0.1, Interval = 3, Rate = SwaRate.Anneal, LearningRate = 1e-6, Samples = 3 }),
            Epochs = 2.5,
            MaxSteps = 7,
            MaxSeconds = 9,
            BatchSize = 4,
            Accumulation = 2,
            BatchByLength = 50,
            LearningRate = 3e-4,
            Schedule = ScheduleKind.Cosine,
            Warmup = 0.2,
            Optimizer = OptimizerKind.Sgd,
            Momentum = 0.75,
            Nesterov = true,
            WeightDecay = 0.3,
            ClipNorm = 2,
            MaxLength = 64,
            Dropout = 0.25,
            EvalSteps = 11,
            Patience = 5,
            KeepBest = true,
            Metric = "macro_f1",
            CheckpointSeconds = 30,
            Seed = 42,
            FromScratch = true,
            Layers = options.Layers,
            Threads = 1,
            Kernels = false,
        }.Resolve();
        Assert.That(Json(options), Is.EqualTo(Json(expected)));
        Assert.That(options.Layers, Is.EqualTo(new[] { 0, 2 }));
        Assert.That(options.Data.Table.Columns, Is.EqualTo(new[] { "a", "b", "c" }));
        Assert.That((options.Data.Table.Format, options.Data.Table.Quoted), Is.EqualTo((DataFormat.Tsv, (bool?)true)));
        Assert.That(options.Data.Table.Delimiter, Is.EqualTo('|'));
    }

    [TestCase("--text a")]
    [TestCase("--pair b")]
    [TestCase("--columns a,b")]
    [TestCase("--format tsv")]
    [TestCase("--delimiter ;")]
    [TestCase("--delimiter tab")]
    [TestCase("--encoding latin-1")]
    [TestCase("--quoted")]
    public void No_way_of_reading_files_is_left_behind(string given)
    {
        Assert.That(Json(Settings($"{Needed} {given}")), Is.Not.EqualTo(Json(Settings(Needed))));
    }

    [Test]
    public void Those_are_all_ways_of_reading_files() =>
        Assert.That(
            typeof(TableArguments).GetProperties()
                .Where(property => property.DeclaringType == typeof(TableArguments))
                .Select(property => property.GetCustomAttribute<OptionAttribute>()?.LongName)
                .OfType<string>(),
            Is.EquivalentTo(["text", "pair", "columns", "format", "delimiter", "encoding", "quoted"]));

    [Test]
    public void What_is_not_given_is_the_library_s_default()
    {
        FineTuneOptions expected = new() { Model = "M", Output = "O", Data = new DataOptions { Train = "T.csv" } };

        FineTuneOptions options = Settings(Needed);

        Assert.That(options with { Data = expected.Resolve().Data }, Is.EqualTo(expected.Resolve()));
        Assert.That(options.Data with { Table = new TableOptions() },
            Is.EqualTo(expected.Resolve().Data with { Table = new TableOptions() }));
    }

    [TestCase("jsonl", DataFormat.JsonLines)]
    [TestCase("auto", DataFormat.Auto)]
    public void Formats_have_the_names_of_their_extensions(string word, DataFormat expected)
    {
        Assert.That(Words.Parse<DataFormat>("--format", word), Is.EqualTo(expected));
        Assert.That(Words.Of(expected), Is.EqualTo(word));
    }

    [Test]
    public void The_command_line_wins_over_the_options_file_and_that_over_defaults()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write(
            "o.json", """{ "epochs": 7, "seed": 5, "data": { "train": "F.csv", "text_column": "body" } } // why not""");

        FineTuneOptions options = Settings($"--options {file} --model M --out O --seed 6 --label mark");

        Assert.That((options.Epochs, options.Seed, options.BatchSize), Is.EqualTo((7, 6, 32)));
        Assert.That((options.Data.Train, options.Data.TextColumn, options.Data.LabelColumn),
            Is.EqualTo((Path.GetFullPath("F.csv"), "body", "mark")));
    }

    [Test]
    public void A_run_s_own_options_file_starts_the_same_run_again()
    {
        using TemporaryFolder folder = new();
        FineTuneOptions first = Settings(Needed + " --layers 1 --task regression");
        string file = folder.Write(
            "options.json", Json(first));

        FineTuneOptions again = Settings($"--options {file} --out P");

        Assert.That(Json(again with { Output = first.Output }), Is.EqualTo(Json(first)));
        Assert.That(Path.GetFileName(again.Output), Is.EqualTo("P"));
    }

    [TestCase("""{ "epoch": 3 }""", "epoch is unknown; did you mean epochs?")]
    [TestCase("""{ "data": { "trian": "x" } }""", "data.trian is unknown; did you mean train?")]
    [TestCase("""{ "swa": { "strat": 0.1 } }""", "swa.strat is unknown; did you mean start?")]
    [TestCase("""{ "method": null }""", "method is null; expected a text in quotes.")]
    [TestCase("""{ "data": null }""", "data is null; expected an object in braces.")]
    [TestCase("""{ "data": { "train": null } }""", "data.train is null; expected a text in quotes.")]
    [TestCase("""{ "swa": null }""", "swa is null; expected an object in braces.")]
    [TestCase("""{ "epochs": null }""", "epochs is null; expected a number.")]
    [TestCase("""{ "keep_best": {} }""", "keep_best is an object; expected true or false.")]
    [TestCase("""{ "layers": 2 }""", "layers is a number; expected a list in brackets.")]
    [TestCase("""{ "method": "ema", "sam": { "rho": 0.1 } }""", "sam holds settings of the method sam; the method is "
        + "ema. Leave them out, or make sam a part of the method.")]
    [TestCase("[1]", """expected a JSON object with options, such as {"epochs": 3}.""")]
    public void A_wrong_name_in_the_options_file_is_told_with_the_file_and_the_nearest(string json, string expected)
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("o.json", json);

        CliRun run = CliRun.Of("finetune", "--options", file);

        Assert.That(run, Is.EqualTo(new CliRun(1, "", $"error: {file}: {expected}\n")));
    }

    [TestCase("33-options-null-2.json", "method is null; expected a text in quotes.")]
    [TestCase("33-options-null.json", "data is null; expected an object in braces.")]
    public void Null_where_there_must_be_something_is_told_with_its_place(string name, string expected)
    {
        string file = SharedFiles.SharedPath("cases", "2", name);

        CliRun run = CliRun.Of("finetune", "--options", file);

        Assert.That(run, Is.EqualTo(new CliRun(1, "", $"error: {file}: {expected}\n")));
    }

    [Test]
    public void A_wrong_value_in_the_options_file_names_the_option()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("o.json", """{ "epochs": -3 }""");

        CliRun run = CliRun.Of(["finetune", "--options", file, .. Needed.Split(' ')]);

        Assert.That(run, Is.EqualTo(new CliRun(2, "", "error: --epochs is -3; expected above 0.\n")));
    }

    [Test]
    public void Runs_without_a_folder_get_the_next_free_number()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.File("tiny-1"));
        folder.Write("tiny-2", "a file counts too");

        Assert.That(RunNames.Next("/models/tiny/", folder.Path), Is.EqualTo(folder.File("tiny-3")));
        Assert.That(RunNames.Next("/models/other", folder.Path), Is.EqualTo(folder.File("other-1")));
    }

    private static FineTuneOptions Settings(string words) =>
        FinetuneSettings.Of(ArgumentReader.Read<FinetuneArguments>(words.Split(' ')));

    private static string Json(FineTuneOptions options) =>
        System.Text.Json.JsonSerializer.Serialize(options, RunJson.Indented);
}
