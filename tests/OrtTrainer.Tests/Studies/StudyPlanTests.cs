using System.Text.Json.Nodes;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Studies;

namespace OrtTrainer.Tests.Studies;

/// <summary>A study file makes the cells and runs that it says, in its order.</summary>
public sealed class StudyPlanTests
{
    private TinyStudy _study = null!;

    [SetUp]
    public void Make() => _study = new TinyStudy();

    [TearDown]
    public void Remove() => _study.Dispose();

    [Test]
    public void Settings_of_methods_hold_where_the_method_runs_and_are_refused_beside_another()
    {
        (_study.Json["defaults"] ??= new JsonObject())["swa"] = new JsonObject { ["start"] = 0.3 };
        StudyPlan plan = _study.Plan();

        Assert.That(plan.Cells.Select(cell => cell.Options.Method.Average),
            Is.EqualTo(new AveragingMethod?[] { null, new Swa { Start = 0.3 } }));
        _study.Json["methods"]!.AsObject().First().Value!["ema"] = new JsonObject { ["decay"] = 0.5 };
        Assert.That(() => _study.Plan(), Throws.TypeOf<StudyException>().With.Message.Contains(
            "ema holds settings of the method ema; the method is finetune. Leave them out, or make ema a part"));
    }

    [Test]
    public void Runs_are_ordered_by_model_initialization_task_method_and_seed()
    {
        _study.Json["initializations"] = JsonNode.Parse("""{ "b": {}, "a": { "from_scratch": true } }""");

        StudyPlan plan = _study.Plan();

        Assert.That(plan.Cells.Select(cell => cell.Name), Is.EqualTo(new[]
        {
            "bert / b / topics / finetune", "bert / b / topics / swa",
            "bert / a / topics / finetune", "bert / a / topics / swa",
        }));
        Assert.That(plan.Cells[1].Runs.Select(run => run.Folder), Is.EqualTo(new[]
        {
            "runs/bert.b.topics.swa/seed-1", "runs/bert.b.topics.swa/seed-2",
        }));
        Assert.That(plan.Cells[1].Runs.Select(run => run.Options.Seed), Is.EqualTo(new[] { 1, 2 }));
        Assert.That(plan.Cells[1].Runs[0].Options.Output,
            Is.EqualTo(Path.Combine(_study.Output("out"), "runs", "bert.b.topics.swa", "seed-1")));
        Assert.That(plan.Runs.Count(), Is.EqualTo(8));
        Assert.That(Directory.Exists(_study.Output("out")), Is.False, "a plan writes nothing");
    }

    [Test]
    public void A_cell_is_plain_fine_tuning_unless_it_says_otherwise() =>
        Assert.That(_study.Plan().Cells.Select(cell => cell.Options.Method),
            Is.EqualTo(new[] { FineTuneMethod.FineTune, FineTuneMethod.Parse("swa") }));

    // Every layer sets one option fewer than the one before it, so that each option's value tells the last that set it.
    [Test]
    public void Later_layers_win_over_earlier_ones()
    {
        string[] layers = ["defaults", "model", "initialization", "task", "method", "override"];
        static JsonObject Layer(int at, int layers)
        {
            string[] options = ["epochs", "batch_size", "accumulation", "warmup", "weight_decay", "max_length"];
            return new JsonObject(Enumerable.Range(at, layers - at)
                .Select(option => KeyValuePair.Create(options[option], (JsonNode?)Value(options[option], at))));
        }

        static JsonNode Value(string option, int at) => option switch
        {
            "warmup" or "weight_decay" => (at + 1) / 10.0,
            _ => 10 + at,
        };

        JsonObject model = Layer(1, 6), task = Layer(3, 6);
        model["model"] = "model";
        task["data"] = _study.Json["tasks"]!["topics"]!["data"]!.DeepClone();
        _study.Json["defaults"] = Layer(0, 6);
        _study.Json["models"] = new JsonObject { ["bert"] = model };
        _study.Json["initializations"] = new JsonObject { ["start"] = Layer(2, 6) };
        _study.Json["tasks"] = new JsonObject { ["topics"] = task };
        _study.Json["methods"] = new JsonObject { ["finetune"] = Layer(4, 6) };
        _study.Json["overrides"] = new JsonArray(new JsonObject
        {
            ["where"] = new JsonObject { ["method"] = "finetune", ["task"] = "topics" },
            ["set"] = Layer(5, 6),
        });

        FineTuneOptions options = _study.Plan().Cells.Single().Options;

        Assert.That(layers, Has.Length.EqualTo(6));
        Assert.That((options.Epochs, options.BatchSize, options.Accumulation), Is.EqualTo((10.0, 11, 12)));
        Assert.That((options.Warmup, options.WeightDecay, options.MaxLength), Is.EqualTo((0.4, 0.5, 15)));
    }

    [Test]
    public void An_override_leaves_other_cells_alone()
    {
        _study.Json["overrides"] =
            JsonNode.Parse("""[{ "where": { "method": "swa" }, "set": { "learning_rate": 0.5 } }]""");

        Assert.That(_study.Plan().Cells.Select(cell => cell.Options.LearningRate), Is.EqualTo(new[] { 5e-3, 0.5 }));
    }

    [Test]
    public void The_first_metric_of_a_task_decides()
    {
        StudyCell cell = _study.Plan().Cells[0];

        Assert.That(cell.Options.Metric, Is.EqualTo("macro_f1"));
        Assert.That(cell.Metrics, Is.EqualTo(new[] { "macro_f1", "accuracy" }));
    }

    [Test]
    public void An_unknown_metric_is_refused()
    {
        _study.Json["tasks"]!["topics"]!["metrics"] = new JsonArray("accuracy", "acuracy");

        Assert.That(() => _study.Plan(), Throws.TypeOf<StudyException>().With.Message.Contains(
            "cell bert / pretrained / topics / finetune: There is no metric 'acuracy' for classification"));
    }

    [Test]
    public void Two_cells_with_the_same_options_are_refused()
    {
        _study.Json["methods"]!["same"] = JsonNode.Parse("""{ "method": "finetune", "learning_rate": 5e-3 }""");

        Assert.That(() => _study.Plan(), Throws.TypeOf<StudyException>().With.Message.Contains(
            "the cells bert / pretrained / topics / finetune and bert / pretrained / topics / same have the same " +
            "options under two names"));
    }

    [Test]
    public void Cells_of_a_task_are_scored_on_the_same_data()
    {
        _study.Json["methods"]!["swa"]!["data"] = JsonNode.Parse("""{ "test": "eval.tsv" }""");

        Assert.That(() => _study.Plan(),
            Throws.TypeOf<StudyException>().With.Message.Contains("are scored on different data"));
    }

    [Test]
    public void A_cell_without_a_model_is_refused()
    {
        ((JsonObject)_study.Json["models"]!["bert"]!).Remove("model");

        Assert.That(() => _study.Plan(), Throws.TypeOf<StudyException>().With.Message.Contains("model is missing"));
    }

    [Test]
    public void A_teacher_is_planned_once_per_task_and_its_folder_takes_the_place_of_its_name()
    {
        _study.Json["teachers"] = JsonNode.Parse("""{ "big one": { "model": "model", "seed": 7 } }""");
        _study.Json["methods"]!["a"] =
            JsonNode.Parse("""{ "method": "distillation", "teacher": { "model": "@big one" } }""");
        _study.Json["methods"]!["b"] =
            JsonNode.Parse("""{ "method": "distillation+swa", "teacher": { "model": "@big one" } }""");

        StudyPlan plan = _study.Plan();

        PlannedRun teacher = plan.Teachers.Single();
        Assert.That((teacher.Label, teacher.Folder, teacher.Options.Seed),
            Is.EqualTo(("teacher big one of topics", "teachers/topics/big-one", 7)));
        Assert.That(teacher.Options.Method, Is.EqualTo(FineTuneMethod.FineTune));
        Assert.That(plan.Cells.Skip(2).Select(cell => cell.Options.Teacher!.Model),
            Is.All.EqualTo(teacher.Options.Output));
        Assert.That(plan.Runs.Select(run => run.Teacher is null),
            Is.EqualTo(new[] { true, true, true, true, false, false, false, false }));
    }

    [TestCase("""{ "small": { "model": "model" } }""",
        "there is no teacher 'smal' under teachers; did you mean small?")]
    [TestCase("""{ "smal": { "method": "distillation", "teacher": { "model": "@x" } } }""",
        "teachers.smal.teacher (line 1): a teacher of a study is trained without a teacher itself.")]
    public void A_teacher_that_cannot_be_is_refused(string teachers, string message)
    {
        _study.Json["teachers"] = JsonNode.Parse(teachers);
        _study.Json["methods"]!["kd"] =
            JsonNode.Parse("""{ "method": "distillation", "teacher": { "model": "@smal" } }""");

        Assert.That(() => _study.Plan(), Throws.TypeOf<StudyException>().With.Message.Contains(message));
    }

    [Test]
    public void A_model_to_start_from_is_planned_once_and_its_folder_takes_the_place_of_its_name()
    {
        _study.Json["pretraining"] = JsonNode.Parse(
            """
            {
                "on topics": {
                    "model": "model", "seed": 7, "from_scratch": true, "data": { "train": "train.tsv" }
                }
            }
            """);
        _study.Json["models"] = JsonNode.Parse("""{ "bert": {} }""");
        _study.Json["initializations"] = JsonNode.Parse(
            """{ "ours": { "model": "@on topics" }, "none": { "model": "model", "from_scratch": true } }""");
        _study.Json["teachers"] = JsonNode.Parse("""{ "big": { "model": "@on topics" } }""");
        _study.Json["methods"] = JsonNode.Parse(
            """{ "finetune": {}, "kd": { "method": "distillation", "teacher": { "model": "@big" } } }""");

        StudyPlan plan = _study.Plan();

        PlannedRun start = plan.Starts.Single();
        Assert.That((start.Label, start.Folder, start.Options.Seed, start.Options.FromScratch),
            Is.EqualTo(("pre-training on topics", "pretraining/on-topics", 7, true)));
        Assert.That(plan.Cells.Select(cell => cell.Options.Model == start.Options.Output),
            Is.EqualTo(new[] { true, true, false, false }));
        Assert.That(plan.Teachers.Single().Start, Is.SameAs(start));
        Assert.That(plan.Cells[1].Runs[0].Needs, Is.EqualTo(new[] { start, plan.Teachers.Single() }));
        Assert.That(plan.AllRuns.Take(3), Is.EqualTo(new[] { start, plan.Teachers.Single(), plan.Cells[0].Runs[0] }));
    }

    [TestCase("""{ "mine": { "model": "model", "data": { "train": "train.tsv" } } }""",
        "model is @min, but there is no 'min' under pretraining; did you mean mine?")]
    [TestCase("""{ "min": { "model": "@min", "data": { "train": "train.tsv" } } }""",
        "pretraining.min (line 1): a model to start from is trained from files, without one of the study's.")]
    [TestCase("""{ "min": { "model": "model" } }""", "pretraining.min: data.train is missing")]
    public void A_model_to_start_from_that_cannot_be_is_refused(string pretraining, string message)
    {
        _study.Json["pretraining"] = JsonNode.Parse(pretraining);
        _study.Json["models"] = JsonNode.Parse("""{ "bert": { "model": "@min" } }""");

        Assert.That(() => _study.Plan(), Throws.TypeOf<StudyException>().With.Message.Contains(message));
    }

    [Test]
    public void Cells_that_are_left_out_are_not_planned()
    {
        _study.Json["models"]!["other"] = JsonNode.Parse("""{ "model": "model", "epochs": 2 }""");
        _study.Json["skip"] = JsonNode.Parse("""[{ "model": "other", "method": "swa" }]""");

        Assert.That(_study.Plan().Cells.Select(cell => $"{cell.Model} {cell.Method}"),
            Is.EqualTo(new[] { "bert finetune", "bert swa", "other finetune" }));
    }

    [Test]
    public void A_grid_of_which_all_is_left_out_is_refused()
    {
        _study.Json["skip"] = JsonNode.Parse("""[{ "task": "topics" }]""");

        Assert.That(() => _study.Plan(), Throws.TypeOf<StudyException>().With.Message.Contains(
            "skip (line 1): every cell of the grid is left out; leave some in."));
    }

    [Test]
    public void Settings_are_chosen_by_runs_that_never_see_the_test_data()
    {
        _study.Json["choose"] = JsonNode.Parse("""{ "learning_rate": [1e-4, 2e-4], "seeds": [8, 9] }""");

        PlannedRun[] runs = [.. _study.Plan().ChoosingRuns];

        Assert.That(runs, Has.Length.EqualTo(2 * 2 * 2));
        Assert.That(runs.Select(run => run.Options.Data.Test), Is.All.Null);
        Assert.That(runs.Select(run => run.Options.Data.Eval), Is.All.EqualTo(_study.Task.Eval));
        Assert.That(runs.Take(4).Select(run => (run.Options.LearningRate, run.Options.Seed)),
            Is.EqualTo(new[] { (1e-4, 8L), (1e-4, 9L), (2e-4, 8L), (2e-4, 9L) }));
        Assert.That(runs[0].Folder,
            Is.EqualTo("choices/bert.pretrained.topics.finetune/learning_rate-1e-4/seed-8").Or.EqualTo(
                "choices/bert.pretrained.topics.finetune/learning_rate-0.0001/seed-8"));
    }

    [Test]
    public void Without_test_data_settings_are_chosen_on_a_part_of_the_training_data()
    {
        _study.Json["choose"] = JsonNode.Parse("""{ "learning_rate": [1e-4, 2e-4], "seeds": [8] }""");
        ((JsonObject)_study.Json["tasks"]!["topics"]!["data"]!).Remove("test");

        Assert.That(_study.Plan().ChoosingRuns.Select(run => run.Options.Data.Eval), Is.All.Null);

        ((JsonObject)_study.Json["tasks"]!["topics"]!["data"]!).Remove("eval");
        Assert.That(() => _study.Plan(), Throws.TypeOf<StudyException>().With.Message.Contains(
            "task topics has neither eval nor test data of its own"));
    }

    [Test]
    public void A_grid_of_600_cells_and_5_seeds_is_planned()
    {
        _study.Json["seeds"] = new JsonArray(1, 2, 3, 4, 5);
        _study.Json["initializations"] = new JsonObject(Enumerable.Range(0, 20).Select(at => KeyValuePair.Create(
            $"start {at}", (JsonNode?)new JsonObject { ["warmup"] = at / 100.0 })));
        _study.Json["methods"] = new JsonObject(Enumerable.Range(0, 30).Select(at => KeyValuePair.Create(
            at == 0 ? "finetune" : $"swa {at}", (JsonNode?)(at == 0
                ? new JsonObject()
                : new JsonObject { ["method"] = "swa", ["swa"] = new JsonObject { ["start"] = at / 100.0 } }))));

        StudyPlan plan = _study.Plan();

        Assert.That(plan.Cells, Has.Count.EqualTo(600));
        Assert.That(plan.Runs.Select(run => run.Folder).Distinct().Count(), Is.EqualTo(3000));
        Assert.That(plan.Runs.Last().Folder, Is.EqualTo("runs/bert.start-19.topics.swa-29/seed-5"));
        Assert.That(plan.Cells[^1].Options.Method.Average, Is.EqualTo(new Swa { Start = 0.29 }));
    }
}
