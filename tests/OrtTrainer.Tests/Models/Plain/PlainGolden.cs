using System.Text.Json;
using OrtTrainer.Checkpoints;

namespace OrtTrainer.Tests.Models.Plain;

/// <summary>
/// Goldens of this repository's own, computed when they are first asked for: the files of a tiny model with what its
/// plain twin in float64 gives for logits, loss, gradients and weights after some steps. The folders are read as those
/// from outside the repository are.
/// </summary>
internal static class PlainGolden
{
    private const int Steps = 4;

    private static readonly Dictionary<string, PlainShape> Shapes = new()
    {
        ["plain-bert-classification"] = new(),
        ["plain-bert-multilabel"] = new() { Outputs = 4, Heads = 4 },
        ["plain-bert-regression"] = new() { Outputs = 1, Layers = 1 },
        ["plain-roberta-classification"] = new() { Activation = "gelu_new", TokenTypes = 1 },
        ["plain-distilbert-classification"] = new() { Activation = "relu", Layers = 3, TokenTypes = 0 },
    };

    private static readonly Dictionary<string, Lazy<string>> Written =
        Shapes.Keys.ToDictionary(FolderOf, name => new Lazy<string>(() => Write(Path.GetFileName(name))));

    /// <summary>The folders there will be, each PLAIN-ARCHITECTURE-TASK.</summary>
    public static IEnumerable<string> Folders => Shapes.Keys.Select(FolderOf);

    /// <summary>Writes a folder if it is one of <see cref="Folders"/> and was not written by this process.</summary>
    public static void Ensure(string folder) => _ = Written.TryGetValue(folder, out Lazy<string>? written)
        ? written.Value : null;

    /// <summary>The tiny model of a folder, at its first weights, and the first batch.</summary>
    public static (PlainModel Model, PlainBatch Batch, string Task) Start(string folder)
    {
        string name = Path.GetFileName(folder);
        string[] words = name.Split('-');
        Random random = new(name.Length);
        PlainModel model = PlainModel.Of(words[1], Shapes[name], (parameter, rows, columns) =>
            FirstWeights(parameter, rows, columns, random));
        return (model, Batch(name, 0), words[2]);
    }

    private static PlainBatch Batch(string name, int step) =>
        PlainBatch.Random(name.Split('-')[2], Shapes[name], seed: 100 + step);

    private static string FolderOf(string name) => Path.Combine(AppContext.BaseDirectory, "goldens", name);

    private static string Write(string name)
    {
        string folder = FolderOf(name);
        Directory.CreateDirectory(folder);
        (PlainModel model, _, string task) = Start(folder);
        List<TensorData> golden = [];
        PlainAdamW optimizer = new();
        for (int step = 0; step < Steps; step++)
        {
            PlainBatch batch = Batch(name, step);
            golden.AddRange(Inputs($"batch{step}.", batch, model.PaddingId, Shapes[name].TokenTypes > 1));
            golden.Add(Labels($"batch{step}.labels", batch, task));
            Tape tape = new();
            Tensor logits = model.Logits(tape, batch.Sequences);
            if (step == 0)
            {
                File.WriteAllText(Path.Combine(folder, "config.json"), model.Config);
                SafetensorsWriter.Write(
                    Path.Combine(folder, "model.safetensors"), model.Parameters.Select(p => Floats(p.Key, p.Value)));
            }

            double loss = PlainLoss.Mean(task, logits, batch.Targets);
            tape.Backward();
            if (step == 0)
            {
                golden.Add(TensorData.Floats("logits", logits.Shape, Single(logits.Value)));
                golden.Add(TensorData.Floats("loss", [1], new[] { (float)loss }));
                golden.AddRange(model.Parameters.Select(p =>
                    TensorData.Floats("grad." + p.Key, p.Value.Shape, Single(p.Value.Gradient))));
            }

            optimizer.Step(model.Parameters);
        }

        golden.AddRange(model.Parameters.Select(p => Floats("after." + p.Key, p.Value)));
        SafetensorsWriter.Write(Path.Combine(folder, "golden.safetensors"), golden);
        File.WriteAllText(Path.Combine(folder, "golden.json"), Description(model));
        return folder;
    }

    // As random as a trained model's, so that no tensor is without effect; exact in float32.
    private static double[,] FirstWeights(string name, int rows, int columns, Random random)
    {
        bool isGain = name.EndsWith("LayerNorm.weight", StringComparison.Ordinal)
            || name.EndsWith("layer_norm.weight", StringComparison.Ordinal);
        double[,] values = new double[rows, columns];
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++)
            {
                double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()))
                    * Math.Cos(2 * Math.PI * random.NextDouble());
                values[r, c] = (float)((isGain ? 1 : 0) + (0.3 * normal));
            }
        }

        return values;
    }

    /// <summary>A batch as models with padding take it: [B, S], the rows filled up to the longest.</summary>
    private static IEnumerable<TensorData> Inputs(string prefix, PlainBatch batch, int padding, bool hasTypes)
    {
        int width = batch.Sequences.Max(s => s.Ids.Length);
        long[] shape = [batch.Sequences.Length, width];
        long[] Padded(Func<(int[] Ids, int[] Types), int, int> value, int otherwise) =>
            [.. batch.Sequences.SelectMany(s => Enumerable.Range(0, width)
                .Select(i => (long)(i < s.Ids.Length ? value(s, i) : otherwise)))];
        yield return TensorData.Int64s(prefix + "input_ids", shape, Padded((s, i) => s.Ids[i], padding));
        yield return TensorData.Int64s(prefix + "attention_mask", shape, Padded((_, _) => 1, 0));
        if (hasTypes)
        {
            yield return TensorData.Int64s(prefix + "token_type_ids", shape, Padded((s, i) => s.Types[i], 0));
        }
    }

    /// <summary>The class of each row, [B], or its targets, [B, K].</summary>
    private static TensorData Labels(string name, PlainBatch batch, string task) => task == "classification"
        ? TensorData.Int64s(
            name, [batch.Targets.Length], batch.Targets.Select(t => (long)Array.IndexOf(t, 1f)).ToArray())
        : TensorData.Floats(
            name, [batch.Targets.Length, batch.Targets[0].Length], batch.Targets.SelectMany(t => t).ToArray());

    private static string Description(PlainModel model) => JsonSerializer.Serialize(new
    {
        steps = Steps,
        optimizer = new
        {
            lr = PlainAdamW.Rate,
            betas = new[] { PlainAdamW.Beta1, PlainAdamW.Beta2 },
            eps = PlainAdamW.Epsilon,
            weight_decay = PlainAdamW.WeightDecay,
            clip_global_norm = PlainAdamW.LargestNorm,
            no_decay = model.Parameters.Keys.Where(name => !PlainAdamW.Decays(name)),
        },
    });

    private static TensorData Floats(string name, Tensor tensor) =>
        TensorData.Floats(name, tensor.Shape, Single(tensor.Value));

    private static float[] Single(double[,] values) => [.. values.Cast<double>().Select(v => (float)v)];
}
