using System.Text.Json;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Cpu.Updates;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Tests.Runtime.Updates;

/// <summary>Every row of methods/optimizers.json: weights after each step on a given sequence of gradients.</summary>
public class OptimizerGoldenTests
{
    [Test]
    public void Every_optimizer_gives_the_weights_of_the_reference()
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedFiles.Golden("methods", "optimizers.json")));
        Assert.Multiple(() =>
        {
            foreach (var row in golden.RootElement.EnumerateArray())
            {
                Compare(row);
            }
        });
    }

    private static void Compare(JsonElement row)
    {
        var start = row.GetProperty("start").Deserialize<double[]>()!;
        var gradients = row.GetProperty("grads").Deserialize<double[][]>()!;
        var expected = row.GetProperty("weights").Deserialize<double[][]>()!;
        var rate = row.GetProperty("params").GetProperty("lr").GetDouble();
        var layout = WeightLayout.Pack([("w", [start.Length], true)]);
        using var loop = new ChunkedLoop(1);
        using var optimizer = Build(row, layout, loop);
        var weights = Padded(start, layout);
        for (var step = 0; step < gradients.Length; step++)
        {
            var stepGradients = Padded(gradients[step], layout);
            optimizer.Step(new ArrayStep { Parameters = weights, Gradients = stepGradients, LearningRate = rate });
            var tolerance = 1e-6 * expected[step].Max(Math.Abs);
            for (var i = 0; i < start.Length; i++)
            {
                Assert.That(
                    (double)weights[i],
                    Is.EqualTo(expected[step][i]).Within(tolerance),
                    $"{row.GetProperty("kind")} step {step} [{i}]");
            }
        }
    }

    private static float[] Padded(double[] values, WeightLayout layout)
    {
        var padded = new float[layout.Length];
        for (var i = 0; i < values.Length; i++)
        {
            padded[i] = (float)values[i];
        }

        return padded;
    }

    private static Optimizer Build(JsonElement row, WeightLayout layout, ChunkedLoop loop)
    {
        var parameters = row.GetProperty("params");
        string[] known = ["lr", "beta1", "beta2", "eps", "weight_decay", "momentum", "nesterov", "note"];
        Assert.That(parameters.EnumerateObject().Select(p => p.Name), Is.SubsetOf(known));
        double Value(string name, double otherwise) =>
            parameters.TryGetProperty(name, out var value) ? value.GetDouble() : otherwise;
        bool Flag(string name) => parameters.TryGetProperty(name, out var value) && value.GetBoolean();

        AdamWOptions Adam(bool decoupled) => new()
        {
            Beta1 = Value("beta1", 0.9),
            Beta2 = Value("beta2", 0.999),
            Epsilon = Value("eps", 1e-8),
            WeightDecay = Value("weight_decay", decoupled ? 0.01 : 0),
            DecoupledDecay = decoupled,
        };
        SgdOptions Sgd(bool nesterov) => new()
        {
            Momentum = Value("momentum", 0),
            Nesterov = nesterov,
            WeightDecay = Value("weight_decay", 0),
        };

        var kind = row.GetProperty("kind").GetString();
        return kind switch
        {
            "adamw" => new CpuAdamW(layout, Adam(true), loop),
            "adam" => new CpuAdamW(layout, Adam(false), loop),
            "sgd" or "sgd_momentum" or "sgd_nesterov" => new CpuSgd(layout, Sgd(Flag("nesterov")), loop),
            "adafactor" =>
                new CpuAdafactor(layout, new AdafactorOptions { WeightDecay = Value("weight_decay", 0) }, loop),
            _ => throw new NotSupportedException(
                $"optimizers.json has kind '{kind}', which no optimizer here implements."),
        };
    }
}
