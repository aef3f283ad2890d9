using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrtTrainer.Prediction;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tasks.Regression;
using OrtTrainer.Tests.Prediction;

namespace OrtTrainer.Tests.Extensions;

public sealed class PredictorServiceTests
{
    [Test]
    public void The_container_opens_one_predictor_on_first_use_and_disposes_it()
    {
        using ExportedClassifier exported = new("bert", ClassificationTask.Instance);
        RecordingLogger<Predictor> logger = new();
        ServiceProvider provider = new ServiceCollection()
            .AddSingleton<ILogger<Predictor>>(logger)
            .AddOrtTrainerPredictor(exported.Folder, o => o with { Predictor = new() { MaxLength = 8 } })
            .BuildServiceProvider();
        Assert.That(logger.Entries, Is.Empty);

        Predictor[] predictors = new Predictor[8];
        Parallel.For(0, 8, i => predictors[i] = provider.GetRequiredService<Predictor>());
        provider.Dispose();

        Assert.That(predictors, Is.All.SameAs(predictors[0]));
        Assert.That(predictors[0].MaxLength, Is.EqualTo(8));
        Assert.That(() => predictors[0].Predict("stars"), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(logger.Entries, Has.Count.EqualTo(1));
        Assert.That(logger.Entries[0].Level, Is.EqualTo(LogLevel.Information));
        Assert.That(logger.Entries[0].Message,
            Does.StartWith($"Opened {exported.Folder}: 3 labels, at most 8 tokens per input, in "));
    }

    [Test]
    public async Task The_host_opens_it_at_its_start_where_asked_to()
    {
        using ExportedClassifier exported = new("bert", ClassificationTask.Instance);
        RecordingLogger<Predictor> logger = new();
        await using ServiceProvider provider = new ServiceCollection()
            .AddSingleton<ILogger<Predictor>>(logger)
            .AddOrtTrainerPredictor(exported.Folder, o => o with { OpensAtStart = true })
            .BuildServiceProvider();

        foreach (IHostedService service in provider.GetServices<IHostedService>())
        {
            await service.StartAsync(default);
        }

        Assert.That(logger.Entries, Has.Count.EqualTo(1));
    }

    [Test]
    public void Several_live_side_by_side_under_keys_and_without_a_logger()
    {
        using ExportedClassifier first = new("bert", ClassificationTask.Instance);
        using ExportedClassifier second = new("bert", RegressionTask.Instance);
        using ServiceProvider provider = new ServiceCollection()
            .AddKeyedOrtTrainerPredictor("desk", first.Folder)
            .AddKeyedOrtTrainerPredictor("mood", second.Folder, o => o with { OpensAtStart = true })
            .BuildServiceProvider();

        Assert.That(provider.GetRequiredKeyedService<Predictor>("desk").Labels, Has.Count.EqualTo(3));
        Assert.That(provider.GetRequiredKeyedService<Predictor>("mood").Labels, Has.Count.EqualTo(1));
        Assert.That(provider.GetServices<IHostedService>().Count(), Is.EqualTo(1));
    }

    [Test]
    public void A_folder_without_a_model_is_named_to_whoever_asks_first()
    {
        using ServiceProvider provider =
            new ServiceCollection().AddOrtTrainerPredictor("no/such/folder").BuildServiceProvider();

        Assert.That(() => provider.GetRequiredService<Predictor>(),
            Throws.InstanceOf<IOException>().Or.InstanceOf<OrtTrainer.Common.OrtTrainerException>());
        Assert.That(() => new ServiceCollection().AddOrtTrainerPredictor(" "), Throws.ArgumentException);
    }
}
