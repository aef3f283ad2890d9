using System.Text.Json;
using OrtTrainer.Checkpoints;
using OrtTrainer.Data;

namespace OrtTrainer.Tests.Models.Plain;

/// <summary>Writes a golden as those from outside the repository are: the model's files, and what must come of
/// them.</summary>
internal static class PlainGoldenFiles
{
    private const int Steps = 4;

    public static bool Write(PlainGolden golden)
    {
        Directory.CreateDirectory(golden.Folder);
        PlainModel model = golden.NewModel();
        List<TensorData> tensors = [];
        PlainAdamW optimizer = new();
        for (int step = 0; step < Steps; step++)
        {
            PlainBatch batch = golden.Batch(step);
            tensors.AddRange(Inputs($"batch{step}.", batch, model.PaddingId, golden.Shape.TokenTypes > 1));
            tensors.AddRange(Labels($"batch{step}.", batch, golden.Task));
            Tape tape = new();
            Tensor logits = model.Logits(tape, batch.Sequences);
            double loss = PlainLoss.Mean(golden.Task, logits, batch.Targets, batch.Lengths);
            tape.Backward();
            if (step == 0)
            {
                WriteModel(golden.Folder, model);
                tensors.AddRange(Logits(logits, batch, golden));
                tensors.Add(Floats("loss", [1], new[,] { { loss } }));
                tensors.AddRange(model.Parameters.Select(p =>
                    Floats("grad." + p.Key, p.Value.Shape, p.Value.Gradient)));
            }

            optimizer.Step(model.Parameters);
        }

        tensors.AddRange(model.Parameters.Select(p => Floats("after." + p.Key, p.Value.Shape, p.Value.Value)));
        SafetensorsWriter.Write(Path.Combine(golden.Folder, "golden.safetensors"), tensors);
        File.WriteAllText(Path.Combine(golden.Folder, "golden.json"), Description(model));
        return true;
    }

    private static void WriteModel(string folder, PlainModel model)
    {
        File.WriteAllText(Path.Combine(folder, "config.json"), model.Config);
        SafetensorsWriter.Write(
            Path.Combine(folder, "model.safetensors"),
            model.Parameters.Select(p => Floats(p.Key, p.Value.Shape, p.Value.Value)));
    }

    /// <summary>A batch as models with padding take it: [B, S], the rows filled up to the longest.</summary>
    private static IEnumerable<TensorData> Inputs(string prefix, PlainBatch batch, int padding, bool hasTypes)
    {
        int width = batch.Sequences.Max(s => s.Ids.Length);
        long[] shape = [batch.Sequences.Length, width];
        yield return Padded("input_ids", (s, i) => s.Ids[i], padding);
        yield return Padded("attention_mask", (_, _) => 1, 0);
        if (hasTypes)
        {
            yield return Padded("token_type_ids", (s, i) => s.Types[i], 0);
        }

        TensorData Padded(string name, Func<(int[] Ids, int[] Types), int, int> value, int otherwise) =>
            TensorData.Int64s(prefix + name, shape, batch.Sequences.SelectMany(s => Enumerable.Range(0, width)
                .Select(i => (long)(i < s.Ids.Length ? value(s, i) : otherwise))).ToArray());
    }

    /// <summary>[B, K] or, with padding, [B, S, K]; of spans [B, S] twice.</summary>
    private static TensorData[] Logits(Tensor logits, PlainBatch batch, PlainGolden golden)
    {
        if (!golden.Shape.PerToken)
        {
            return [Floats("logits", logits.Shape, logits.Value)];
        }

        int width = batch.Sequences.Max(s => s.Ids.Length);
        double[,] padded = new double[batch.Sequences.Length * width, logits.Columns];
        foreach ((int packed, int row) in PaddedRows(batch, width))
        {
            for (int c = 0; c < logits.Columns; c++)
            {
                padded[row, c] = logits.Value[packed, c];
            }
        }

        long[] rows = [batch.Sequences.Length, width];
        return golden.Task == PlainBatch.Spans
            ? [Floats("start_logits", rows, Column(padded, 0)), Floats("end_logits", rows, Column(padded, 1))]
            : [Floats("logits", [.. rows, logits.Columns], padded)];
    }

    private static double[,] Column(double[,] values, int column)
    {
        double[,] picked = new double[values.GetLength(0), 1];
        for (int row = 0; row < picked.Length; row++)
        {
            picked[row, 0] = values[row, column];
        }

        return picked;
    }

    /// <summary>The token of each sequence that has a target 1, [B].</summary>
    private static TensorData Positions(string name, PlainBatch batch, int column)
    {
        List<long> positions = [];
        int first = 0;
        foreach (int length in batch.Lengths)
        {
            int start = first;
            positions.Add(Enumerable.Range(0, length).Single(token => batch.Targets[start + token][column] == 1));
            first += length;
        }

        return TensorData.Int64s(name, [positions.Count], positions.ToArray());
    }

    /// <summary>The class of each token, [B, S], with that of ignored ones at those and at padding; shifted, at the
    /// token behind it.</summary>
    private static TensorData TokenLabels(string name, PlainBatch batch, int shift = 0)
    {
        int width = batch.Sequences.Max(s => s.Ids.Length);
        long[] classes = new long[batch.Sequences.Length * width];
        Array.Fill(classes, CategoricalTargets.Ignored);
        foreach ((int packed, int row) in PaddedRows(batch, width))
        {
            int label = Array.IndexOf(batch.Targets[packed], 1f);
            if (label >= 0)
            {
                classes[row + shift] = label;
            }
        }

        return TensorData.Int64s(name, [batch.Sequences.Length, width], classes);
    }

    /// <summary>For every token, its place without padding and with it.</summary>
    private static IEnumerable<(int Packed, int Padded)> PaddedRows(PlainBatch batch, int width)
    {
        int packed = 0;
        for (int b = 0; b < batch.Sequences.Length; b++)
        {
            for (int token = 0; token < batch.Sequences[b].Ids.Length; token++)
            {
                yield return (packed++, (b * width) + token);
            }
        }
    }

    /// <summary>The class of each row, [B], or of each token, [B, S], or the targets of each row, [B, K], or the first
    /// and last token of each span, [B].</summary>
    private static TensorData[] Labels(string prefix, PlainBatch batch, string task) => task switch
    {
        PlainBatch.Tokens or PlainBatch.Masked => [TokenLabels(prefix + "labels", batch)],
        PlainBatch.Causal => [TokenLabels(prefix + "labels", batch, shift: 1)],
        PlainBatch.Spans =>
            [Positions(prefix + "start_positions", batch, 0), Positions(prefix + "end_positions", batch, 1)],
        "classification" =>
        [
            TensorData.Int64s(
                prefix + "labels", [batch.Targets.Length],
                batch.Targets.Select(t => (long)Array.IndexOf(t, 1f)).ToArray()),
        ],
        _ =>
        [
            TensorData.Floats(
                prefix + "labels", [batch.Targets.Length, batch.Targets[0].Length],
                batch.Targets.SelectMany(t => t).ToArray()),
        ],
    };

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

    /// <summary>Rounded to float32 and copied, since training goes on.</summary>
    private static TensorData Floats(string name, long[] shape, double[,] values) =>
        TensorData.Floats(name, shape, values.Cast<double>().Select(v => (float)v).ToArray());
}
