using System.Reflection;
using OrtTrainer.Reports;
using OrtTrainer.Reports.Documents;

namespace OrtTrainer.Studies.Reports.Tables;

/// <summary>A study's report, from the outcome in words to how it was made.</summary>
internal sealed class StudyDocument
{
    private readonly StudyResults _results;
    private readonly StudySettings _settings;
    private readonly IReadOnlyList<StudyTable> _tables;
    private readonly StudyWords _words;
    private readonly List<ReportBlock> _blocks = [];

    private StudyDocument(StudyResults results, StudySettings settings)
    {
        (_results, _settings) = (results, settings);
        _tables = StudyTable.Of(results);
        _words = new StudyWords(results, _tables);
    }

    public static ReportDocument Of(StudyResults results, StudySettings settings)
    {
        StudyDocument document = new(results, settings);
        document.AddSummary();
        document.AddDifferences();
        foreach (StudyTable table in document._tables)
        {
            document.AddTable(table);
        }

        document.AddRanking();
        document.AddLimits();
        document.AddUnfinished();
        document.AddChoices();
        document.AddSettings();
        return new ReportDocument(results.Name, document._blocks);
    }

    private void AddSummary()
    {
        if (_results.Description.Length > 0)
        {
            _blocks.Add(new ParagraphBlock(_results.Description));
        }

        Section("Summary");
        _blocks.Add(new ParagraphBlock(_words.Extent()));
        _blocks.Add(new ParagraphBlock(_words.Outcome()));
        _blocks.Add(new ListBlock(_words.ByGroup()));
        if (_words.Gaps() is { Count: > 0 } gaps)
        {
            _blocks.Add(new ParagraphBlock("Not every run has a score, or not every verdict rests on every seed:"));
            _blocks.Add(new ListBlock(gaps));
        }

        _blocks.Add(new ParagraphBlock(StudyWords.Caution));
    }

    private void AddDifferences()
    {
        FigureBlock[] plots = [.. StudyCharts.Intervals(_tables, _words.NamesModels)];
        if (plots.Length > 0)
        {
            _blocks.Add(new HeadingBlock(3, $"Differences to {_results.Baseline}"));
            _blocks.Add(new ParagraphBlock("Differences are method less baseline, here and in the tables below, with " +
                "95 % intervals of the t distribution that are not corrected for the number of comparisons; verdicts " +
                "are."));
            _blocks.AddRange(plots);
        }
    }

    private void AddTable(StudyTable table)
    {
        string name = table.Group.Name(_words.NamesModels);
        ResultTables printed = new(table, name);
        Section(name);
        _blocks.Add(new TableBlock(printed.Main()));
        bool? hasTest = _results.Tasks.FirstOrDefault(task => task.Name == table.Group.Task)?.HasTest;
        if (ResultNotes.Of(table, hasTest, _settings.EndWithBest(table.Group.Task)) is { Count: > 0 } notes)
        {
            _blocks.Add(new ListBlock(notes));
        }

        _blocks.Add(StudyCharts.Scores(table, name));
        AddIfAny(printed.LiveAndAveraged());
        AddIfAny(printed.OtherMetrics());
        if (StudyCharts.Curves(table) is { } curves)
        {
            _blocks.Add(new HeadingBlock(3, $"Learning curves of {name}"));
            _blocks.Add(new ParagraphBlock("Means over seeds on the evaluation data, the lowest and highest seed as " +
                "a band: live weights solid, averaged ones dashed."));
            _blocks.Add(curves);
        }

        _blocks.Add(new TableBlock(printed.Cost()));
        if (StudyTeachers.Notes(table.Group, _settings) is { Count: > 0 } teachers)
        {
            _blocks.Add(new ListBlock(teachers));
        }
    }

    private void AddRanking()
    {
        Section("Ranks over tasks");
        foreach (TaskRanking ranking in TaskRanking.Of(_tables))
        {
            string place = _words.NamesModels ? $"{ranking.Initialization}, {ranking.Model}" : ranking.Initialization;
            if (ranking.Test is { } test)
            {
                _blocks.Add(new TableBlock(new ReportTable(
                    $"{place}: mean rank over {string.Join(", ", ranking.Tasks)}; 1 is best", ["method", "mean rank"],
                    [
                        .. ranking.Methods.OrderBy(method => method.MeanRank)
                            .Select(method => (string[])[method.Method, ReportFigures.Fixed(method.MeanRank, 2)]),
                    ])));
                string verdict = test.P > Statistics.Comparison.Level
                    ? "no difference of ranks shown"
                    : "the methods do not all rank alike";
                string caution = ranking.Tasks.Count < 5
                    ? $" {ranking.Tasks.Count} tasks are few: this p is rough, and so few ranks mostly show nothing."
                    : "";
                _blocks.Add(new ParagraphBlock(
                    $"{place}: Friedman's test over {ranking.Tasks.Count} tasks gives χ² = " +
                    $"{ReportFigures.Fixed(test.ChiSquared, 2)} with {test.DegreesOfFreedom} degrees of freedom, p = " +
                    $"{ReportFigures.Probability(test.P)}: {verdict}.{caution}"));
            }
            else
            {
                _blocks.Add(new ParagraphBlock($"{place}: {ranking.Refusal}"));
            }

            if (ranking.LeftOut.Count > 0)
            {
                _blocks.Add(new ParagraphBlock($"{place}: without a rank, for want of a score in every task: " +
                    $"{string.Join(", ", ranking.LeftOut)}."));
            }
        }
    }

    private void AddLimits()
    {
        Section("What these runs can and cannot show");
        _blocks.Add(new ListBlock(_words.Limits()));
    }

    private void AddUnfinished()
    {
        StudyRun[] failed = [.. _results.Runs.Where(run => run.Status == StudyRunStatus.Failed)];
        if (failed.Length > 0)
        {
            Section("Failed runs");
            _blocks.Add(new ParagraphBlock(
                "The same study started again tries them anew; the others stay as they are."));
            _blocks.Add(new TableBlock(new ReportTable(
                "Runs that ended with an error", ["run", "seed", "folder", "error"],
                [
                    .. failed.Select(run => (string[])
                        [CellName(run), $"{run.Seed}", run.Folder, run.Error ?? ReportFigures.None]),
                ])
            {
                TextColumns = [2, 3],
            }));
        }
    }

    private void AddChoices()
    {
        if (_results.Choices.Count == 0)
        {
            return;
        }

        Section("Settings chosen on validation data");
        _blocks.Add(new TableBlock(new ReportTable(
            "Chosen by runs with seeds of their own; test data had no part in it",
            ["cell", "setting", "chosen", "tried"],
            [
                .. _results.Choices.Select(choice => (string[])
                [
                    $"{choice.Task}, {choice.Initialization}, {choice.Model}, {choice.Method}",
                    choice.Setting,
                    choice.Chosen,
                    string.Join(", ", choice.Scores.Select(t => $"{t.Key}: {ReportFigures.Short(t.Value)}")),
                ]),
            ])
        {
            TextColumns = [1, 2, 3],
        }));
    }

    private void AddSettings()
    {
        Section("Settings, and how to make this again");
        string seeds = string.Join(", ", _results.Runs.Select(run => run.Seed).Distinct());
        _blocks.Add(new ParagraphBlock($"Seeds: {seeds}. Report by OrtTrainer {Version()}. Scores are those of the " +
            "averaged weights where a method averages, of the live ones elsewhere. Every run's folder has its " +
            "options, metrics of every step and summary. The study file is study.json beside this report:"));
        _blocks.Add(new CodeBlock("orttrainer study study.json --out NEW_FOLDER"));
        AddIfAny(_settings.ByMethod());
        AddIfAny(_settings.ByGroup());
        AddIfAny(_settings.Common());
    }

    private void Section(string heading) => _blocks.Add(new HeadingBlock(2, heading));

    private void AddIfAny(ReportTable? table)
    {
        if (table is not null)
        {
            _blocks.Add(new TableBlock(table));
        }
    }

    private static string CellName(StudyRun run) => $"{run.Task}, {run.Initialization}, {run.Model}, {run.Method}";

    private static string Version() => typeof(StudyDocument).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
