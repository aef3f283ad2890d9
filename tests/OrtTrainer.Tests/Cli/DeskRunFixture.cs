namespace OrtTrainer.Tests.Cli;

/// <summary>Tests of what comes after one short run on the sentences of <see cref="DeskTask"/>.</summary>
public abstract class DeskRunFixture
{
    private protected DeskTask Desk { get; private set; } = null!;

    /// <summary>The run's folder, and so the model's.</summary>
    private protected string Model => Desk.File("out");

    [OneTimeSetUp]
    public void Train()
    {
        Desk = new DeskTask();
        CliRun.Of(Desk.Finetune("out", "--quiet")).Succeeded();
    }

    [OneTimeTearDown]
    public void Remove() => Desk.Dispose();
}
