using OrtTrainer.Data;
using OrtTrainer.Tasks;

namespace OrtTrainer.Tests.Data;

/// <summary>A temporary folder of data files written inline in tests.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("orttrainer-data-").FullName;

    public string Write(string name, string content)
    {
        string path = Path.Combine(_path, name);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>
    /// Splits of train.tsv and, where given, eval.tsv and test.tsv, all with the header label, text.
    /// </summary>
    public DataSplits Splits(
        string train, string? eval = null, string? test = null, ModelTask? task = null) =>
        LabeledData.Load(new DataOptions
        {
            Train = Write("train.tsv", "label\ttext\n" + train),
            Eval = eval is null ? null : Write("eval.tsv", "label\ttext\n" + eval),
            Test = test is null ? null : Write("test.tsv", "label\ttext\n" + test),
            Task = task ?? ModelTask.Default,
        });

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
