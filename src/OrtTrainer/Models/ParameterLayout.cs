using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Runtime;

namespace OrtTrainer.Models;

/// <summary>
/// Where every parameter lies in the flat buffers that parameters, gradients, moments and averages share. Views start
/// at block boundaries of the optimizer; the parts of a view follow each other without a gap, and the padding stays 0.
/// </summary>
internal sealed class ParameterLayout
{
    private readonly Dictionary<string, long> _offsets = new(StringComparer.Ordinal);

    /// <param name="views">The views, in order.</param>
    /// <param name="sparse">Those of which a step reads few rows; null for none.</param>
    /// <exception cref="ArgumentException">A parameter stands twice, or the parts of a view differ in weight
    /// decay.</exception>
    /// <exception cref="RunException">There are more parameters than a buffer can hold.</exception>
    public ParameterLayout(
        IReadOnlyList<ParameterView> views, IReadOnlyCollection<ParameterView>? sparse = null)
    {
        Views = views;
        Parameters = [.. views.SelectMany(v => v.Parts)];
        if (ParameterCount + ((long)views.Count * WeightLayout.BlockLength) > int.MaxValue)
        {
            throw new RunException($"The model has {ParameterCount} parameters; expected at most {int.MaxValue}. " +
                "Check the sizes in config.json, or take a smaller model.");
        }

        WeightLayout packed = WeightLayout.Pack(views.Select(view => (view.Name, view.Shape, HasWeightDecay(view))));
        Weights = sparse is null or { Count: 0 } ? packed : new WeightLayout(
            [.. packed.Segments.Zip(views, (segment, view) => segment with { IsSparse = sparse.Contains(view) })]);
        foreach ((ParameterView view, WeightSegment segment) in views.Zip(Weights.Segments))
        {
            long offset = segment.Offset;
            foreach (ParameterSpec part in view.Parts)
            {
                if (!_offsets.TryAdd(part.Name, offset))
                {
                    throw new ArgumentException(
                        $"The parameter '{part.Name}' stands twice in the model.", nameof(views));
                }

                offset += part.Length;
            }
        }
    }

    public IReadOnlyList<ParameterView> Views { get; }

    public IReadOnlyList<ParameterSpec> Parameters { get; }

    /// <summary>Where each view lies: a segment per view, in their order and under their names.</summary>
    public WeightLayout Weights { get; }

    /// <summary>The length of a flat buffer in floats, padding between views included; the padding stays 0.</summary>
    public long Length => Weights.Length;

    /// <summary>The number of trainable elements, without padding.</summary>
    public long ParameterCount => Parameters.Sum(p => p.Length);

    /// <summary>The first element of a parameter in the flat buffer.</summary>
    public long OffsetOf(ParameterSpec parameter) => _offsets[parameter.Name];

    /// <summary>The first element of a view in the flat buffer.</summary>
    public long OffsetOf(ParameterView view) => _offsets[view.Parts[0].Name];

    /// <summary>Where a view lies among <see cref="Weights"/>.</summary>
    public WeightSegment SegmentOf(ParameterView view) => Weights.Segments.First(segment => segment.Name == view.Name);

    /// <summary>A parameter's values in a flat buffer.</summary>
    public float[] Read(WeightBuffer weights, ParameterSpec parameter) =>
        weights.Read(OffsetOf(parameter), checked((int)parameter.Length));

    /// <summary>Reads every parameter into a flat buffer, from a safetensors file with the model's own tensor
    /// names.</summary>
    /// <param name="weights">The buffer, [<see cref="Length"/>].</param>
    /// <param name="file">Path of the file.</param>
    /// <exception cref="CheckpointException">The file is damaged, or a tensor is absent or of another
    /// shape.</exception>
    public void Fill(WeightBuffer weights, string file)
    {
        using SafetensorsFile tensors = SafetensorsFile.OpenFile(file);
        Fill(weights, tensors);
    }

    /// <summary>As the other, from a file that is open.</summary>
    /// <param name="weights">The buffer, [<see cref="Length"/>].</param>
    /// <param name="tensors">The file.</param>
    /// <param name="has">Whether the file has a parameter; null for all. Others stay as they are.</param>
    /// <inheritdoc cref="Fill(WeightBuffer, string)" path="/exception"/>
    internal void Fill(WeightBuffer weights, Checkpoint tensors, Func<ParameterSpec, bool>? has = null)
    {
        foreach (ParameterSpec parameter in Parameters.Where(parameter => has is null || has(parameter)))
        {
            weights.Write(OffsetOf(parameter), checked((int)parameter.Length), values =>
                parameter.Storage.Read(tensors, parameter.Storage.Tensor, parameter.Shape, values));
        }
    }

    /// <summary>
    /// Makes sure that <paramref name="longer"/> begins with these views, so that buffers in its layout can be read by
    /// this one.
    /// </summary>
    /// <exception cref="ArgumentException">It begins with others.</exception>
    public void RequireStartOf(ParameterLayout longer)
    {
        for (int i = 0; i < Views.Count; i++)
        {
            ParameterView? other = longer.Views.ElementAtOrDefault(i);
            if (other?.Name != Views[i].Name || !other.Shape.SequenceEqual(Views[i].Shape))
            {
                throw new ArgumentException(
                    $"View {i} is {Views[i]} here and {other?.ToString() ?? "missing"} in the longer layout; " +
                    "expected the same.", nameof(longer));
            }
        }
    }

    /// <summary>The layout with learning rates of their own.</summary>
    /// <param name="rateScale">What the learning rate of a view is multiplied with, 0 or more; null for 1.</param>
    public WeightLayout WithRates(Func<ParameterView, double>? rateScale) => rateScale is null
        ? Weights
        : new([.. Weights.Segments.Zip(Views, (segment, view) => segment with { RateScale = rateScale(view) })]);

    private static bool HasWeightDecay(ParameterView view) =>
        view.Parts.All(p => p.WeightDecay == view.Parts[0].WeightDecay)
            ? view.Parts[0].WeightDecay
            : throw new ArgumentException($"The parts of '{view.Name}' differ in weight decay.");
}
