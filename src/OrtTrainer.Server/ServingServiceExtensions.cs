using OrtTrainer.Prediction;
using OrtTrainer.Server;

// Where a program looks for the methods of IServiceCollection, without another using line.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what serves a predictor to the services of a program.</summary>
public static class ServingServiceExtensions
{
    /// <summary>
    /// Adds what the endpoints of <c>MapOrtTrainer</c> work with: a queue in front of the container's
    /// <see cref="Predictor"/>, and a thread that runs it.
    /// </summary>
    /// <param name="services">The program's services, which have a <see cref="Predictor"/>.</param>
    /// <param name="configure">The options from the default ones; null for the defaults.</param>
    public static IServiceCollection AddOrtTrainerServing(
        this IServiceCollection services, Func<ServingOptions, ServingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ServingOptions options = new();
        options = configure?.Invoke(options) ?? options;
        return services.AddSingleton(provider =>
            new ServedModel(provider.GetRequiredService<Predictor>(), options));
    }
}
