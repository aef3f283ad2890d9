namespace OrtTrainer.Runtime;

/// <summary>
/// Where each trainable tensor lies in the flat buffers. Parameters, gradients, optimizer state and average all share
/// this layout. Every tensor starts on a block boundary, so that a block has one weight decay and passes over whole
/// blocks need no remainder; the padding behind a tensor is zero in every buffer and stays zero.
/// </summary>
public sealed class WeightLayout
{
    /// <summary>
    /// Elements per block (512 bytes). It divides the common hidden sizes 128, 256, 384, 512, 768 and 1024, so that a
    /// row of an embedding table never shares a block with another row of such a model.
    /// </summary>
    public const int BlockLength = 128;

    /// <summary>Blocks per chunk, the unit of work of one thread: 64 Ki elements.</summary>
    internal const int BlocksPerChunk = 512;

    /// <summary>Takes a layout made elsewhere.</summary>
    /// <param name="segments">Tensors in the order of their offsets.</param>
    /// <exception cref="ArgumentException">An offset is not a multiple of the block length, tensors overlap, or the
    /// total exceeds what one span can hold.</exception>
    public WeightLayout(IReadOnlyList<WeightSegment> segments)
    {
        ArgumentNullException.ThrowIfNull(segments);
        Segments = [.. segments];
        long end = 0;
        foreach (var segment in Segments)
        {
            if (segment.Length < 0 || segment.Offset < end || segment.Offset % BlockLength != 0)
            {
                throw new ArgumentException(
                    $"Tensor '{segment.Name}' has offset {segment.Offset} and length {segment.Length}; expected a " +
                    $"length of 0 or more and an offset of at least {end} that is a multiple of {BlockLength}. " +
                    "Use WeightLayout.Pack.",
                    nameof(segments));
            }

            end = RoundUp((long)segment.Offset + segment.Length, segment.Name);
        }

        Length = (int)end;
        Groups = [.. Segments.Select(segment => segment.Group).Distinct()];
    }

    /// <summary>The tensors, in the order of their offsets.</summary>
    public IReadOnlyList<WeightSegment> Segments { get; }

    /// <summary>
    /// Elements of every buffer of this layout, padding included; a multiple of <see cref="BlockLength"/>.
    /// </summary>
    public int Length { get; }

    /// <summary>Number of blocks.</summary>
    public int Blocks => Length / BlockLength;

    /// <summary>The different <see cref="WeightSegment.Group"/>s, at most 256.</summary>
    internal IReadOnlyList<(bool HasWeightDecay, double RateScale)> Groups { get; }

    /// <summary>Number of chunks; the last one may be shorter.</summary>
    internal int Chunks => (Blocks + BlocksPerChunk - 1) / BlocksPerChunk;

    /// <summary>Lays tensors one after the other, each on a block boundary.</summary>
    /// <param name="tensors">Name, shape, and whether weight decay applies.</param>
    /// <returns>The layout, with offsets in the order given.</returns>
    /// <exception cref="ArgumentException">A dimension is negative, or the total exceeds what one span can
    /// hold.</exception>
    public static WeightLayout Pack(IEnumerable<(string Name, IReadOnlyList<long> Shape, bool HasWeightDecay)> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var segments = new List<WeightSegment>();
        var offset = 0;
        foreach (var (name, shape, hasWeightDecay) in tensors)
        {
            var length = LengthOf(name, shape);
            var columns = shape.Count > 1 ? (int)shape[^1] : length;
            segments.Add(new WeightSegment(name, offset, length, hasWeightDecay) { Columns = columns });
            offset = RoundUp((long)offset + length, name);
        }

        return new WeightLayout(segments);
    }

    /// <summary>The same layout, of which steps put nothing off: see <see cref="WeightSegment.IsSparse"/>.</summary>
    public WeightLayout WithoutSparse() => new([.. Segments.Select(segment => segment with { IsSparse = false })]);

    /// <summary>The index in <see cref="Groups"/> of every block.</summary>
    internal byte[] GroupOfBlocks()
    {
        byte[] groups = new byte[Blocks];
        (bool, double)[] known = [.. Groups];
        foreach (WeightSegment segment in Segments)
        {
            byte group = checked((byte)Array.IndexOf(known, segment.Group));
            groups.AsSpan(segment.Offset / BlockLength, (segment.Length + BlockLength - 1) / BlockLength).Fill(group);
        }

        return groups;
    }

    /// <summary>Whether a block is of a segment with <see cref="WeightSegment.IsSparse"/>, by block; null where none
    /// is.</summary>
    internal bool[]? SparseBlocks()
    {
        if (!Segments.Any(segment => segment.IsSparse))
        {
            return null;
        }

        bool[] sparse = new bool[Blocks];
        foreach (WeightSegment segment in Segments.Where(segment => segment.IsSparse))
        {
            int blocks = (segment.Length + BlockLength - 1) / BlockLength;
            sparse.AsSpan(segment.Offset / BlockLength, blocks).Fill(true);
        }

        return sparse;
    }

    /// <summary>The blocks of a chunk.</summary>
    internal (int First, int End) BlocksOf(int chunk) =>
        (chunk * BlocksPerChunk, Math.Min(Blocks, (chunk + 1) * BlocksPerChunk));

    private static int LengthOf(string name, IReadOnlyList<long> shape)
    {
        var length = 1L;
        foreach (var dimension in shape)
        {
            // Stops a product that would overflow, too.
            if (dimension < 0 || (length *= dimension) > Array.MaxLength)
            {
                throw new ArgumentException(
                    $"Tensor '{name}' has shape [{string.Join(", ", shape)}]; expected dimensions of 0 or more and " +
                    $"at most {Array.MaxLength} elements.");
            }
        }

        return (int)length;
    }

    private static int RoundUp(long length, string name)
    {
        var rounded = (length + BlockLength - 1) / BlockLength * BlockLength;
        return rounded <= Array.MaxLength
            ? (int)rounded
            : throw new ArgumentException(
                $"Tensor '{name}' brings the parameters to {rounded} elements; one flat buffer holds at most " +
                $"{Array.MaxLength}.");
    }
}
