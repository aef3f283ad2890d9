using OrtTrainer.Common;
using OrtTrainer.Runs;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Runs;

public sealed class RunFolderTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    private string Output => _folder.File("out");

    [Test]
    public void A_new_folder_is_made_and_an_empty_one_taken()
    {
        Directory.CreateDirectory(Output);

        using RunFolder folder = RunFolder.Create(Output);

        Assert.That(folder.RunPath, Does.Exist);
        Assert.That(folder.OptionsFile, Is.EqualTo(Path.Combine(Output, "run", "options.json")));
    }

    [Test]
    public void A_folder_with_anything_in_it_is_refused_and_left_alone()
    {
        Directory.CreateDirectory(Output);
        File.WriteAllText(Path.Combine(Output, "thesis.txt"), "years of work");

        Assert.That(() => RunFolder.Create(Output), Throws.TypeOf<RunException>()
            .With.Message.Contains(Output).And.Message.Contains("not empty").And.Message.Contains("another --out"));
        Assert.That(Directory.GetFileSystemEntries(Output), Has.Length.EqualTo(1));
    }

    [Test]
    public void A_file_in_its_place_is_refused()
    {
        _folder.Write("out", "a file");

        Assert.That(() => RunFolder.Create(Output), Throws.TypeOf<RunException>().With.Message.Contains(Output));
    }

    [Test]
    public void A_folder_that_cannot_be_made_is_named()
    {
        _folder.Write("out", "a file");

        Assert.That(() => RunFolder.Create(Path.Combine(Output, "below")), Throws.TypeOf<RunException>()
            .With.Message.Contains(Path.Combine(Output, "below")).And.Message.Contains("cannot be made"));
    }

    [Test]
    public void A_folder_that_holds_a_run_says_how_to_go_on()
    {
        Make();

        Assert.That(() => RunFolder.Create(Output), Throws.TypeOf<RunException>().With.Message.Contains("--resume"));
    }

    [Test]
    public void A_folder_in_use_is_refused_for_new_and_for_resumed_runs()
    {
        Make();
        using RunFolder held = RunFolder.Open(Output);

        Assert.That(() => RunFolder.Open(Output), Throws.TypeOf<RunException>().With.Message.Contains("another run"));
        Assert.That(() => RunFolder.Create(Output), Throws.TypeOf<RunException>().With.Message.Contains("another run"));
    }

    [Test]
    public void Giving_a_folder_up_frees_it_and_leaves_no_lock()
    {
        Make();
        RunFolder.Open(Output).Dispose();

        Assert.That(Path.Combine(Output, "run", "lock"), Does.Not.Exist);
        Assert.That(() => RunFolder.Open(Output).Dispose(), Throws.Nothing);
    }

    [Test]
    public void A_lock_file_of_a_killed_process_locks_nothing()
    {
        Make();
        File.WriteAllText(Path.Combine(Output, "run", "lock"), "");

        Assert.That(() => RunFolder.Open(Output).Dispose(), Throws.Nothing);
    }

    [Test]
    public void There_is_nothing_to_resume_in_a_folder_without_a_run() => Assert.That(
        () => RunFolder.Open(Output),
        Throws.TypeOf<RunException>().With.Message.Contains("no run to resume").And.Message.Contains("options.json"));

    private void Make()
    {
        using RunFolder folder = RunFolder.Create(Output);
        File.WriteAllText(folder.OptionsFile, "{}");
    }
}
