using System.Text.Json.Nodes;
using OrtTrainer.Options;

namespace OrtTrainer.Studies;

/// <content>The models that a study trains for its cells: to start from, and to learn from.</content>
internal sealed partial class StudyGrid
{
    private readonly Dictionary<(string Task, string Teacher), PlannedRun> _teachers = [];
    private readonly Dictionary<string, PlannedRun> _starts = [];

    /// <summary>The teachers that the cells made so far refer to.</summary>
    public IReadOnlyList<PlannedRun> Teachers => [.. _teachers.Values];

    /// <summary>The pre-trained models that the cells and teachers made so far refer to.</summary>
    public IReadOnlyList<PlannedRun> Starts => [.. _starts.Values];

    /// <summary>Puts the folder of the pre-trained model that options refer to in place of its name.</summary>
    private PlannedRun? TakeStart(JsonObject options)
    {
        if (NameOf(options["model"]) is not { } name)
        {
            return null;
        }

        if (!_file.Pretraining.TryGetValue(name, out JsonObject? own))
        {
            throw new StudyException($"{_file.Path}: model is @{name}, but there is no '{name}' under pretraining; " +
                OptionsJson.Advice(name, _file.Pretraining.Keys));
        }

        if (!_starts.TryGetValue(name, out PlannedRun? run))
        {
            string place = $"pretraining.{name}";
            if (NameOf(own["model"]) is not null || own["teacher"] is not null)
            {
                throw _file.Fault(place, "a model to start from is trained from files, without one of the study's.");
            }

            JsonObject merged = new[] { _file.Defaults, own }.Aggregate(PlainFineTuning, OptionsJson.Merge);
            RequireParts(own, merged, place);
            run = Run(
                $"pre-training {name}", $"pretraining/{Slug.Of(name)}", Resolve(merged, [], place).Options,
                start: null);
            _starts.Add(name, run);
        }

        options["model"] = run.Options.Output;
        return run;
    }

    /// <summary>The name of a model that the study trains; null for a folder, and for none.</summary>
    private static string? NameOf(JsonNode? model) =>
        model is JsonValue value && value.TryGetValue(out string? text) && text.StartsWith(PartialOptions.OwnMark)
            ? text[1..]
            : null;

    /// <summary>Puts the folder of the teacher that options refer to in place of its name.</summary>
    private PlannedRun? TakeTeacher(JsonObject options, string task, string method)
    {
        if (options["teacher"] is not JsonObject teacher)
        {
            return null;
        }

        teacher["cache"] ??= Path.Combine(_output, "teacher-logits");
        if (NameOf(teacher["model"]) is not { } name)
        {
            return null;
        }

        if (!_file.Teachers.TryGetValue(name, out JsonObject? own))
        {
            throw _file.Fault($"methods.{method}.teacher.model",
                $"there is no teacher '{name}' under teachers; {OptionsJson.Advice(name, _file.Teachers.Keys)}");
        }

        if (own["teacher"] is not null)
        {
            throw _file.Fault($"teachers.{name}.teacher", "a teacher of a study is trained without a teacher itself.");
        }

        if (!_teachers.TryGetValue((task, name), out PlannedRun? run))
        {
            JsonObject merged = new[] { _file.Defaults, _file.Tasks[task], own }
                .Aggregate(PlainFineTuning, OptionsJson.Merge);
            RequireParts(own, merged, $"teachers.{name}");
            PlannedRun? start = TakeStart(merged);
            run = Run($"teacher {name} of {task}", $"teachers/{Slug.Of(task)}/{Slug.Of(name)}",
                Resolve(merged, _file.Metrics[task], $"teacher {name} of {task}").Options, start);
            _teachers.Add((task, name), run);
        }

        teacher["model"] = run.Options.Output;
        return run;
    }
}
