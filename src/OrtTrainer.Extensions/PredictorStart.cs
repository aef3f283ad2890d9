using Microsoft.Extensions.Hosting;
using OrtTrainer.Prediction;

namespace OrtTrainer.Extensions;

/// <summary>Opens a predictor as the host starts; the container disposes it.</summary>
internal sealed class PredictorStart(Func<Predictor> open) : IHostedService
{
    // Seconds of reading and optimizing a model, which need not be the thread of the other services' start.
    public Task StartAsync(CancellationToken cancellationToken) => Task.Run(open, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
