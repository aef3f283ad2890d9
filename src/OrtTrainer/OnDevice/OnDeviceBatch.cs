using OrtTrainer.Artifacts;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Images;
using OrtTrainer.Models;
using OrtTrainer.Runtime.OnDevice;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.OnDevice;

/// <summary>
/// Makes the inputs of a training step: rows of equal length, [B, S], that end in padding, and what they are trained
/// towards in the form of <see cref="ArtifactInputs"/>.
/// </summary>
/// <param name="inputs">The inputs of the training model, in its order.</param>
/// <param name="head">What a row of its outputs is of.</param>
/// <param name="distribution">What that stands for.</param>
/// <param name="paddingId">Fills rows up.</param>
internal sealed class OnDeviceBatch(
    IReadOnlyList<string> inputs, ModelHead head, OutputDistribution distribution, int paddingId)
{
    /// <summary>The inputs for the examples at <paramref name="indices"/>, in that order.</summary>
    /// <param name="examples">The data set.</param>
    /// <param name="indices">Which of it, one or more.</param>
    /// <param name="targets">What it is trained towards.</param>
    /// <param name="share">What the loss is multiplied with, where the model has that input.</param>
    public IReadOnlyList<HostTensor> Of(
        IReadOnlyList<TokenizedExample> examples, int[] indices, ExampleTargets targets, float share)
    {
        TokenizedExample[] rows = [.. indices.Select(index => examples[index])];
        return
        [
            .. inputs.Select(input => input switch
            {
                PaddedInputs.InputIds => Padded(rows, row => row.InputIds, paddingId),
                PaddedInputs.AttentionMask => Padded(rows, row => Enumerable.Repeat(1, row.InputIds.Length), 0),
                PaddedInputs.TokenTypeIds => Padded(rows, row => row.TokenTypeIds, 0),
                PaddedInputs.PositionIds => Padded(rows, row => Enumerable.Range(0, row.InputIds.Length), 0),
                PaddedInputs.DecoderInputIds => Padded(rows, row => row.DecoderIds!, paddingId),
                PaddedInputs.PixelValues => Pixels(rows),
                ArtifactInputs.Labels => Labels(rows, indices, targets),
                ArtifactInputs.StartPositions => Positions(indices, targets, output: 0),
                ArtifactInputs.EndPositions => Positions(indices, targets, output: 1),
                ArtifactInputs.LossScale => HostTensor.Of([share]),
                _ => throw new RunException(
                    $"The training model has the input {input}, which a run with this engine cannot give."),
            }),
        ];
    }

    private HostTensor Labels(TokenizedExample[] rows, int[] indices, ExampleTargets targets)
    {
        if (head.Rows != OutputRows.PerSequence)
        {
            // A decoder that writes on learns, at each token, the one behind it.
            int behind = head.WritesOn && !head.HasDecoder ? 1 : 0;
            return Padded(
                rows,
                (row, b) => LabelsOf(row, targets, indices[b], behind), CategoricalTargets.Ignored);
        }

        if (distribution.IsExclusive)
        {
            return HostTensor.Of(
                [.. indices.Select(index => (long)targets.Id(targets.FirstRow(index)))], indices.Length);
        }

        float[] values = new float[indices.Length * targets.Outputs];
        for (int b = 0; b < indices.Length; b++)
        {
            targets.Write(targets.FirstRow(indices[b]), values.AsSpan(b * targets.Outputs, targets.Outputs));
        }

        return distribution == OutputDistribution.Continuous && targets.Outputs == 1
            ? HostTensor.Of(values, indices.Length)
            : HostTensor.Of(values, indices.Length, targets.Outputs);
    }

    /// <summary>A label per token of a row, negative where there is none.</summary>
    private static int[] LabelsOf(TokenizedExample row, ExampleTargets targets, int example, int behind)
    {
        int[] labels = new int[(row.DecoderIds ?? row.InputIds).Length];
        Array.Fill(labels, CategoricalTargets.Ignored);
        int first = targets.FirstRow(example);
        for (int i = 0; i < targets.FirstRow(example + 1) - first; i++)
        {
            int token = (row.OutputTokens?[i] ?? i) + behind;
            if (targets.Weight(first + i) > 0 && token < labels.Length)
            {
                labels[token] = targets.Id(first + i);
            }
        }

        return labels;
    }

    /// <summary>The token of each row whose target for an output is 1.</summary>
    private static HostTensor Positions(int[] indices, ExampleTargets targets, int output)
    {
        float[] values = new float[targets.Outputs];
        return HostTensor.Of([.. indices.Select(Position)], indices.Length);

        long Position(int example)
        {
            int first = targets.FirstRow(example), end = targets.FirstRow(example + 1);
            for (int row = first; row < end; row++)
            {
                targets.Write(row, values);
                if (values[output] == 1)
                {
                    return row - first;
                }
            }

            return CategoricalTargets.Ignored;
        }
    }

    private static HostTensor Pixels(TokenizedExample[] rows)
    {
        ImageShape shape = rows[0].Image!.Shape;
        float[] values = new float[rows.Length * shape.Length];
        for (int b = 0; b < rows.Length; b++)
        {
            rows[b].Image!.Write(values.AsSpan(b * shape.Length, shape.Length));
        }

        return HostTensor.Of(values, rows.Length, shape.Channels, shape.Height, shape.Width);
    }

    private static HostTensor Padded(
        TokenizedExample[] rows, Func<TokenizedExample, IEnumerable<int>> values, int padding) =>
        Padded(rows, (row, _) => values(row), padding);

    private static HostTensor Padded(
        TokenizedExample[] rows, Func<TokenizedExample, int, IEnumerable<int>> values, int padding)
    {
        int[][] given = [.. rows.Select((row, b) => values(row, b).ToArray())];
        int width = given.Max(row => row.Length);
        long[] padded = new long[rows.Length * width];
        Array.Fill(padded, padding);
        for (int b = 0; b < rows.Length; b++)
        {
            for (int i = 0; i < given[b].Length; i++)
            {
                padded[(b * width) + i] = given[b][i];
            }
        }

        return HostTensor.Of(padded, rows.Length, width);
    }
}
