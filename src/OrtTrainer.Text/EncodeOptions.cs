namespace OrtTrainer.Text;

/// <summary>How a text is encoded.</summary>
public sealed record EncodeOptions
{
    private readonly int? _maxLength;
    private readonly int _stride;

    /// <summary>Special tokens, no truncation.</summary>
    public static EncodeOptions Default { get; } = new();

    /// <summary>Whether special tokens such as [CLS] and [SEP] are put around the text; true by default.</summary>
    public bool AddSpecialTokens { get; init; } = true;

    /// <summary>The most tokens, special ones included, 1 or more; null, the default, for no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int? MaxLength
    {
        get => _maxLength;
        init
        {
            if (value is < 1)
            {
                throw new ArgumentOutOfRangeException(nameof(MaxLength), value,
                    "must be 1 or more, or null for no limit");
            }

            _maxLength = value;
        }
    }

    /// <summary>
    /// What is cut where there are more than <see cref="MaxLength"/> tokens; the longest first by default.
    /// </summary>
    public Truncation Truncation { get; init; } = Truncation.LongestFirst;

    /// <summary>How many tokens an overflow window shares with the one before, 0 or more; 0 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 0.</exception>
    public int Stride
    {
        get => _stride;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(Stride));
            _stride = value;
        }
    }
}
