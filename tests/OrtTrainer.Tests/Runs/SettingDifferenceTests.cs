using OrtTrainer.Common;
using OrtTrainer.Runs;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Runs;

public sealed class SettingDifferenceTests
{
    [Test]
    public void Nested_names_have_dots_and_what_is_absent_is_null()
    {
        using TemporaryFolder folder = new();
        Write(folder, "a", """{"seed":1,"output":"x","data":{"train":"t","table":{"quoted":true}},"layers":[0,1]}""");
        Write(folder, "b", """{"seed":2,"output":"y","data":{"train":"t","table":{}},"layers":[0, 1],"new":"é"}""");

        Assert.That(SettingDifference.Between(folder.File("a"), folder.File("b")), Is.EqualTo(new[]
        {
            new SettingDifference("seed", "1", "2"),
            new SettingDifference("data.table.quoted", "true", null),
            new SettingDifference("new", null, "\"é\""),
        }));
    }

    [Test]
    public void Options_that_cannot_be_read_are_named()
    {
        using TemporaryFolder folder = new();
        Write(folder, "a", "{}");
        Write(folder, "b", "{");

        Assert.That(() => SettingDifference.Between(folder.File("a"), folder.File("b")),
            Throws.InstanceOf<RunException>().With.Message.Contains(Path.Combine("b", "run", "options.json")));
    }

    private static void Write(TemporaryFolder folder, string run, string json)
    {
        Directory.CreateDirectory(Path.Combine(folder.File(run), "run"));
        File.WriteAllText(Path.Combine(folder.File(run), "run", "options.json"), json);
    }
}
