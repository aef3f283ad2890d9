using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using OrtTrainer.Common;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.SentenceSimilarity;

namespace OrtTrainer.Cli.Commands;

/// <summary>
/// Vectors in the format of numpy, version 1.0: float32 [N, H], little-endian, row after row. Rows are written as they
/// come, and their number into the header in the end.
/// </summary>
/// <param name="stream">Can be written and sought; not disposed here.</param>
/// <param name="width">Values of a vector, H.</param>
internal sealed class VectorFile(Stream stream, int width)
{
    /// <summary>What the names of such files end with.</summary>
    public const string Extension = ".npy";

    // Room for the dictionary with any number of rows; the format wants a multiple of 64.
    private const int HeaderLength = 128;
    private const int PrefixLength = 10;

    private readonly byte[] _row = new byte[width * sizeof(float)];
    private long _rows;

    /// <summary>Leaves room for the header.</summary>
    public void Start() => stream.Write(new byte[HeaderLength]);

    /// <summary>Appends the vector of a text.</summary>
    /// <exception cref="RunException">The prediction is none.</exception>
    public void Add(TextPrediction prediction)
    {
        if (prediction is not EmbeddingPrediction vector)
        {
            throw new RunException($"A file that ends in {Extension} holds vectors of texts; the model or the pairs of "
                + "texts give something else. Write JSON Lines, into a file of another name.");
        }

        for (int i = 0; i < width; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(_row.AsSpan(i * sizeof(float)), vector.Embedding[i]);
        }

        stream.Write(_row);
        _rows++;
    }

    /// <summary>Writes the header.</summary>
    public void Finish()
    {
        string shape = string.Create(CultureInfo.InvariantCulture, $"({_rows}, {width})");
        string dictionary = $"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}"
            .PadRight(HeaderLength - PrefixLength - 1) + "\n";
        stream.Position = 0;
        stream.Write([0x93, .. "NUMPY"u8, 1, 0, HeaderLength - PrefixLength, 0]);
        stream.Write(Encoding.ASCII.GetBytes(dictionary));
        stream.Seek(0, SeekOrigin.End);
    }
}
