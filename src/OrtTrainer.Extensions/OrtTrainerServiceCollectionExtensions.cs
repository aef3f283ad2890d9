using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrtTrainer.Extensions;
using OrtTrainer.Prediction;

// Where a program looks for the methods of IServiceCollection, without another using line.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds predictors to the services of a program.</summary>
public static class OrtTrainerServiceCollectionExtensions
{
    /// <summary>
    /// Adds one <see cref="Predictor"/> for the whole program, safe for all its threads: opened once, disposed with the
    /// container. Its opening is logged if the container has loggers.
    /// </summary>
    /// <param name="services">The program's services.</param>
    /// <param name="folder">The exported folder, as of <see cref="Predictor.Open(string, PredictorOptions)"/>, which
    /// says too what is thrown when the predictor is opened and cannot be.</param>
    /// <param name="configure">The options from the default ones, such as <c>o => o with { OpensAtStart = true }</c>;
    /// null for the defaults.</param>
    /// <exception cref="ArgumentException">The folder's name is empty.</exception>
    public static IServiceCollection AddOrtTrainerPredictor(
        this IServiceCollection services, string folder,
        Func<PredictorServiceOptions, PredictorServiceOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        PredictorOpening opening = PredictorOpening.Of(folder, configure);
        services.AddSingleton(provider => opening.Open(LoggerOf(provider)));
        return opening.IsAtStart
            ? services.AddSingleton<IHostedService>(provider =>
                new PredictorStart(provider.GetRequiredService<Predictor>))
            : services;
    }

    /// <summary>Adds a predictor under a key, for programs with several.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="key">What <c>[FromKeyedServices]</c> names it by.</param>
    /// <param name="folder">The exported folder.</param>
    /// <param name="configure">The options from the default ones; null for the defaults.</param>
    /// <inheritdoc cref="AddOrtTrainerPredictor" path="/exception"/>
    public static IServiceCollection AddKeyedOrtTrainerPredictor(
        this IServiceCollection services, object key, string folder,
        Func<PredictorServiceOptions, PredictorServiceOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(key);
        PredictorOpening opening = PredictorOpening.Of(folder, configure);
        services.AddKeyedSingleton(key, (provider, _) => opening.Open(LoggerOf(provider)));
        return opening.IsAtStart
            ? services.AddSingleton<IHostedService>(provider =>
                new PredictorStart(() => provider.GetRequiredKeyedService<Predictor>(key)))
            : services;
    }

    private static ILogger<Predictor>? LoggerOf(IServiceProvider provider) => provider.GetService<ILogger<Predictor>>();
}
