using System.Text.Json;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Tests.Training.Schedules;

/// <summary>Every row of methods/schedules.json, whatever its settings.</summary>
public class ScheduleGoldenTests
{
    private static readonly string[] Settings =
    [
        "num_cycles", "power", "lr_end", "timescale", "start_lr", "swa_lr", "anneal", "strategy", "cycle", "alpha1",
        "alpha2", "note",
    ];

    [Test]
    public void Every_schedule_gives_the_rates_of_the_reference()
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedFiles.Golden("methods", "schedules.json")));
        Assert.Multiple(() =>
        {
            foreach (var row in golden.RootElement.EnumerateArray())
            {
                var schedule = Build(row);
                var expected = Expected(row);
                for (var step = 0; step < expected.Length; step++)
                {
                    Assert.That(
                        schedule.RateAt(step),
                        Is.EqualTo(expected[step]).Within(1e-12),
                        $"{row.GetProperty("kind")} step {step}");
                }
            }
        });
    }

    private static double[] Expected(JsonElement row) =>
        row.GetProperty(row.TryGetProperty("factor", out _) ? "factor" : "lr").Deserialize<double[]>()!;

    private static LearningRateSchedule Build(JsonElement row)
    {
        var parameters = row.GetProperty("params");
        Assert.That(parameters.EnumerateObject().Select(p => p.Name), Is.SubsetOf(Settings));
        double Value(string name, double otherwise) =>
            parameters.TryGetProperty(name, out var value) ? value.GetDouble() : otherwise;
        long Count(string name) => row.GetProperty(name).GetInt64();

        var kind = row.GetProperty("kind").GetString()!;
        return kind switch
        {
            "swalr" => new SwaAnnealSchedule(
                new ConstantSchedule(Value("start_lr", double.NaN)),
                0,
                Value("swa_lr", double.NaN),
                (long)Value("anneal", double.NaN),
                parameters.GetProperty("strategy").GetString() == "cos" ? AnnealShape.Cosine : AnnealShape.Linear),
            "swa_cyclical" => new SwaCyclicalSchedule(
                new ConstantSchedule(0),
                0,
                (long)Value("cycle", double.NaN),
                Value("alpha1", double.NaN),
                Value("alpha2", double.NaN)),
            _ => new ScheduleOptions
            {
                Kind = Enum.Parse<ScheduleKind>(kind.Replace("_", ""), ignoreCase: true),
                LearningRate = 1,
                WarmupSteps = Count("warmup"),
                TotalSteps = Count("total"),
                Cycles = parameters.TryGetProperty("num_cycles", out var cycles) ? cycles.GetDouble() : null,
                Power = Value("power", 1),
                EndRate = Value("lr_end", 1e-7),
                Timescale = parameters.TryGetProperty("timescale", out var timescale) ? timescale.GetInt64() : null,
            }.Build(),
        };
    }
}
