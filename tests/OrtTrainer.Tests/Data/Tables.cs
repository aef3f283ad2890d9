using System.Text;
using OrtTrainer.Data;

namespace OrtTrainer.Tests.Data;

/// <summary>Reads tables written inline in tests.</summary>
internal static class Tables
{
    public const string Name = "inline";

    public static List<DataRow> Read(string content, DataFormat format, TableOptions? options = null) =>
        Read(Encoding.UTF8.GetBytes(content), format, options);

    public static List<DataRow> Read(byte[] content, DataFormat format, TableOptions? options = null)
    {
        using MemoryStream stream = new(content);
        return [.. TableReader.Read(stream, Name, (options ?? new TableOptions()) with { Format = format })];
    }

    public static DataFileException Refusal(string content, DataFormat format, TableOptions? options = null) =>
        Refusal(Encoding.UTF8.GetBytes(content), format, options);

    public static DataFileException Refusal(byte[] content, DataFormat format, TableOptions? options = null) =>
        Assert.Throws<DataFileException>(() => Read(content, format, options))!;
}
