using OrtTrainer.Data;
using OrtTrainer.Images;

namespace OrtTrainer.Tasks.ImageClassification;

/// <summary>
/// The binary files of CIFAR-10 and CIFAR-100 (Krizhevsky, 2009): images of 32 x 32, red, green and blue one after
/// another, behind a byte with the class or, in CIFAR-100, two, of which the second is the fine class.
/// </summary>
internal static class CifarFiles
{
    private const int Side = 32;
    private const int Plane = Side * Side;
    private const int ImageBytes = PixelImage.Channels * Plane;
    private const string FineNames = "fine_label_names.txt", Names = "batches.meta.txt";

    /// <summary>Whether a path is such a file, by its name.</summary>
    public static bool IsOne(string path) =>
        Path.GetExtension(path).Equals(".bin", StringComparison.OrdinalIgnoreCase) && File.Exists(path);

    /// <summary>The training batches that lie in a folder, data_batch_1.bin and so on or train.bin; none in others.
    /// </summary>
    public static string[] In(string folder) =>
    [
        .. Directory.GetFiles(folder, "*.bin").Where(file =>
            Path.GetFileName(file) is var name
            && (name.StartsWith("data_batch", StringComparison.Ordinal) || name == "train.bin"))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The images of a file, with the names of their classes from the text file beside it, or their
    /// numbers.</summary>
    /// <exception cref="DataFileException">The file is cut off, or a class has no name.</exception>
    public static IEnumerable<Example> Read(string file)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        bool isFine = File.Exists(Path.Combine(folder, FineNames));
        int labels = isFine ? 2 : 1;
        string names = Path.Combine(folder, isFine ? FineNames : Names);
        string[]? classes = File.Exists(names)
            ? [.. File.ReadLines(names).Select(line => line.Trim()).Where(line => line.Length > 0)]
            : null;
        byte[] bytes = File.ReadAllBytes(file);
        int record = labels + ImageBytes;
        if (bytes.Length == 0 || bytes.Length % record != 0)
        {
            throw new DataFileException(
                file, null, $"the file has {bytes.Length} bytes; expected a multiple of {record}, the bytes of an " +
                $"image of CIFAR-{(isFine ? 100 : 10)}. Download it again" +
                (isFine ? "." : $", or put {FineNames} beside it if it is one of CIFAR-100."));
        }

        for (int start = 0, number = 1; start < bytes.Length; start += record, number++)
        {
            int label = bytes[start + labels - 1];
            if (label >= classes?.Length)
            {
                throw new DataFileException(
                    file, null, $"image {number} is of class {label}, but {names} names {classes.Length}. Take the " +
                    "file that belongs to the data.");
            }

            byte[] values = new byte[ImageBytes];
            for (int i = 0; i < ImageBytes; i++)
            {
                values[i] = bytes[start + labels + (i % PixelImage.Channels * Plane) + (i / PixelImage.Channels)];
            }

            yield return new ImageExample($"{file}#{number}", classes?[label] ?? $"{label}")
            {
                Known = new(Side, Side, values),
            };
        }
    }
}
