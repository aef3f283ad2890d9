using OrtTrainer.Runs;
using OrtTrainer.Server;
using OrtTrainer.Tasks;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Server;

public sealed class ModelInputsTests
{
    private const string Start = """{"model": "m", "output": "o", "data": {"train": "t.csv" """;

    [TestCase("classification", null, null)]
    [TestCase("classification", Start + "}}", false)]
    [TestCase("classification", Start + """, "pair_column": "answer"}}""", true)]
    [TestCase("classification", """{"of": "another version"}""", null)]
    [TestCase("sentence_similarity", null, true)]
    public void The_run_that_made_a_model_says_whether_it_reads_pairs(string task, string? options, bool? arePairs)
    {
        using TemporaryFolder folder = new();
        if (options is not null)
        {
            Directory.CreateDirectory(folder.File("run"));
            File.WriteAllText(RunFolder.OptionsFileOf(folder.Path), options);
        }

        Assert.That(ModelInputs.ArePairs(folder.Path, ModelTask.Named(task)), Is.EqualTo(arePairs));
    }
}
