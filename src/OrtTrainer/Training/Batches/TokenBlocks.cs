using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using OrtTrainer.Common;

namespace OrtTrainer.Training.Batches;

/// <summary>
/// Examples of a corpus that is never in memory as a whole: token ids in a temporary file, which is mapped into memory
/// and goes away with this. Segments are 0 throughout.
/// </summary>
internal sealed class TokenBlocks : IReadOnlyList<TokenizedExample>, IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _ids;
    private readonly long[] _starts;
    private int[] _segments = [];

    private TokenBlocks(MemoryMappedFile file, long[] starts)
    {
        _file = file;
        _ids = file.CreateViewAccessor(0, starts[^1] * sizeof(int), MemoryMappedFileAccess.Read);
        _starts = starts;
    }

    /// <summary>The number of examples.</summary>
    public int Count => _starts.Length - 1;

    /// <summary>All tokens.</summary>
    public long Tokens => _starts[^1];

    /// <summary>An example, read from the file.</summary>
    public TokenizedExample this[int index]
    {
        get
        {
            int[] ids = new int[_starts[index + 1] - _starts[index]];
            _ids.ReadArray(_starts[index] * sizeof(int), ids, 0, ids.Length);
            return new TokenizedExample(ids, Segments(ids.Length));
        }
    }

    public IEnumerator<TokenizedExample> GetEnumerator() =>
        Enumerable.Range(0, Count).Select(index => this[index]).GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose()
    {
        _ids.Dispose();
        _file.Dispose();
    }

    // Nobody writes to segments, so that examples of one length share them.
    private int[] Segments(int length)
    {
        int[] known = _segments;
        return known.Length == length ? known : _segments = new int[length];
    }

    /// <summary>Takes in examples one by one and writes their ids to the file.</summary>
    internal sealed class Builder : IDisposable
    {
        private readonly List<long> _starts = [0];
        private readonly FileStream _stream = new(
            Path.Combine(Path.GetTempPath(), $"orttrainer-{Guid.NewGuid():N}.ids"), FileMode.CreateNew,
            FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 20, FileOptions.DeleteOnClose);

        private bool _isTaken;

        /// <summary>The number of examples so far.</summary>
        public int Count => _starts.Count - 1;

        /// <summary>Appends an example.</summary>
        /// <param name="ids">Its ids, special tokens included; one or more.</param>
        /// <exception cref="RunException">The disk is full.</exception>
        public void Add(ReadOnlySpan<int> ids)
        {
            try
            {
                _stream.Write(MemoryMarshal.AsBytes(ids));
            }
            catch (IOException full)
            {
                throw new RunException($"{_stream.Name}: the tokens of the corpus cannot be written: {full.Message} " +
                    "Make room there, or set TMPDIR to a folder on another disk.", full);
            }

            _starts.Add(_starts[^1] + ids.Length);
        }

        /// <summary>The examples, one or more; the builder is done with then.</summary>
        public TokenBlocks Build()
        {
            _stream.Flush();
            MemoryMappedFile file = MemoryMappedFile.CreateFromFile(
                _stream, mapName: null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            _isTaken = true;
            return new TokenBlocks(file, [.. _starts]);
        }

        public void Dispose()
        {
            if (!_isTaken)
            {
                _stream.Dispose();
            }
        }
    }
}
