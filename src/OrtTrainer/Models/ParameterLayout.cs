namespace OrtTrainer.Models;

/// <summary>
/// Where every parameter lies in the flat buffers that parameters, gradients, moments and averages share. Views start at
/// multiples of 16 floats (64 bytes); the parts of a view follow each other without a gap.
/// </summary>
public sealed class ParameterLayout
{
    /// <summary>The alignment of views, in floats.</summary>
    public const int Alignment = 16;

    private readonly Dictionary<string, long> _offsets = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">A parameter stands twice.</exception>
    public ParameterLayout(IReadOnlyList<ParameterView> views)
    {
        Views = views;
        Parameters = [.. views.SelectMany(v => v.Parts)];
        foreach (ParameterView view in views)
        {
            long offset = Length;
            foreach (ParameterSpec part in view.Parts)
            {
                if (!_offsets.TryAdd(part.Name, offset))
                {
                    throw new ArgumentException($"The parameter '{part.Name}' stands twice in the model.", nameof(views));
                }

                offset += part.Length;
            }

            Length = (offset + Alignment - 1) / Alignment * Alignment;
        }
    }

    public IReadOnlyList<ParameterView> Views { get; }

    public IReadOnlyList<ParameterSpec> Parameters { get; }

    /// <summary>The length of a flat buffer in floats, padding between views included; the padding stays 0.</summary>
    public long Length { get; }

    /// <summary>The number of trainable elements, without padding.</summary>
    public long ParameterCount => Parameters.Sum(p => p.Length);

    /// <summary>The first element of a parameter in the flat buffer.</summary>
    public long OffsetOf(ParameterSpec parameter) => _offsets[parameter.Name];

    /// <summary>The first element of a view in the flat buffer.</summary>
    public long OffsetOf(ParameterView view) => _offsets[view.Parts[0].Name];
}
