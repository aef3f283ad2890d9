using OrtTrainer.Evaluation;
using OrtTrainer.Studies.Statistics;

namespace OrtTrainer.Studies.Reports.Tables;

/// <summary>
/// How the methods rank over the tasks of one model and initialization, 1 being best, with Friedman's test that they
/// all rank alike. Tasks and methods without a score everywhere are left out.
/// </summary>
internal sealed record TaskRanking
{
    public required string Model { get; init; }

    public required string Initialization { get; init; }

    /// <summary>The tasks that every method ranked has a score in.</summary>
    public required IReadOnlyList<string> Tasks { get; init; }

    /// <summary>The methods with their mean ranks, in the order of the study; empty where nothing can be
    /// ranked.</summary>
    public required IReadOnlyList<(string Method, double MeanRank)> Methods { get; init; }

    /// <summary>Methods without a score in every task, which have no rank.</summary>
    public required IReadOnlyList<string> LeftOut { get; init; }

    /// <summary>The test; null where <see cref="Refusal"/> says why not.</summary>
    public GroupRankTest? Test { get; init; }

    public string? Refusal { get; init; }

    /// <summary>A ranking for every model and initialization.</summary>
    public static IReadOnlyList<TaskRanking> Of(IEnumerable<StudyTable> tables) =>
    [
        .. tables.GroupBy(table => (table.Group.Model, table.Group.Initialization))
            .Select(group => Of(group.Key.Model, group.Key.Initialization, [.. group])),
    ];

    private static TaskRanking Of(string model, string initialization, StudyTable[] tables)
    {
        string[] methods =
        [
            .. tables[0].Rows.Select(row => row.Method).Where(method => tables.All(table =>
                table.Rows.Any(row => row.Method == method && row.Scores.Count > 0))),
        ];
        double[][] ranks = [.. tables.Select(table => RanksIn(table, methods))];
        TaskRanking ranking = new()
        {
            Model = model,
            Initialization = initialization,
            Tasks = [.. tables.Select(table => table.Group.Task)],
            Methods = [.. methods.Select((method, i) => (method, ranks.Average(task => task[i])))],
            LeftOut = [.. tables.SelectMany(table => table.Rows).Select(row => row.Method).Distinct().Except(methods)],
        };
        if (tables.Length < 2 || methods.Length < 3)
        {
            return ranking with
            {
                Refusal = $"Friedman's test over tasks needs 2 tasks and 3 methods with scores; here are " +
                    $"{tables.Length} and {methods.Length}.",
            };
        }

        return ranking with
        {
            Test = GroupRankTest.Friedman([.. methods.Select((_, i) => ranks.Select(task => task[i]).ToArray())]),
        };
    }

    // Ranks count from the worst; the sign of better scores is turned so that the best is first. Means of the same
    // scores in another order differ by rounding and share a rank.
    private static double[] RanksIn(StudyTable table, string[] methods) => Ranks.Of(EqualScores.Of(
    [
        .. methods.Select(method => table.Rows.First(row => row.Method == method).Score.Mean)
            .Select(mean => table.Scale.HigherIsBetter ? -mean : mean),
    ]));
}
