using OrtTrainer.Checkpoints;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Regression;
using OrtTrainer.Teachers;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Export;
using OrtTrainer.Tests.Models;
using OrtTrainer.Tests.Runs;
using OrtTrainer.Tests.Tasks;

namespace OrtTrainer.Tests.Teachers;

/// <summary>
/// A data set of three labels and a random teacher for it, whose vocabulary and order of labels are its own. All of it
/// lies in a temporary folder, the cache included.
/// </summary>
internal sealed class TeacherTask : IDisposable
{
    /// <summary>The labels as the student has them.</summary>
    public static readonly string[] Student = ["animal", "food", "place"];

    /// <summary>The labels in the order of the teacher's outputs.</summary>
    public static readonly string[] Teacher = ["place", "animal", "food"];

    private readonly TemporaryFolder _folder = new();
    private readonly TinyTask _task;

    public TeacherTask(ModelTask? task = null)
    {
        Task = task ?? ModelTask.Default;
        _task = new TinyTask(Task);
        int outputs = Task == RegressionTask.Instance ? 1 : Teacher.Length;
        TinyBert.Write(Model, [.. TinyTask.Words.Reverse()], outputs: outputs);
        ModelConfig config = ModelConfig.Load(Model).With(problemType: Task.ProblemType);
        (Task == RegressionTask.Instance ? config : config.With(labels: Teacher)).Save(Model);
        Data = LabeledData.LoadTrain(new DataOptions { Train = _task.Train, Task = Task });
    }

    /// <summary>The teacher's folder: config.json, vocab.txt and weights.</summary>
    public string Model => _folder.File("teacher");

    public string Cache => _folder.File("cache");

    public ModelTask Task { get; }

    /// <summary>60 rows.</summary>
    public Dataset Data { get; }

    public string DataFile => _task.Train;

    public TeacherOptions Options => new() { Model = Model, Cache = Cache };

    /// <summary>The only entry of the cache.</summary>
    public string CacheFile => Directory.GetFiles(Cache, "*.safetensors").Single();

    public string File(string name) => _folder.File(name);

    public string Write(string name, string text) => _folder.Write(name, text);

    public TeacherLogits Obtain(
        TeacherOptions? options = null, Dataset? data = null, EventLog? events = null, ModelTask? task = null) =>
        TeacherLogits.Obtain(options ?? Options, task ?? Task, data ?? Data, threads: 1, events);

    /// <summary>Changes the names of the teacher's outputs.</summary>
    public void Rename(params string[] labels) => ModelConfig.Load(Model).With(labels: labels).Save(Model);

    /// <summary>Puts a random weight into the teacher's file.</summary>
    public void ChangeWeights()
    {
        string path = Path.Combine(Model, "model.safetensors");
        byte[] bytes = System.IO.File.ReadAllBytes(path);
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - sizeof(float)), 0.25f);
        System.IO.File.WriteAllBytes(path, bytes);
    }

    /// <summary>
    /// What the teacher says of each row, [N, K] in its own order: text by text, as a user would ask.
    /// </summary>
    public float[] OwnLogits() => Scored.Logits(Model, Data.Examples);

    /// <summary>The same in the student's order.</summary>
    public float[] StudentLogits() =>
        [.. OwnLogits().Chunk(3).SelectMany(row => Student.Select(label => row[Array.IndexOf(Teacher, label)]))];

    public void Dispose()
    {
        _task.Dispose();
        _folder.Dispose();
    }
}
