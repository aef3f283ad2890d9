using Microsoft.Extensions.DependencyInjection;
using OrtTrainer.Prediction;

namespace Examples;

/// <summary>A predictor as a service of a program, for all its threads. Argument: FOLDER.</summary>
public static class Serving
{
    public static async Task Main(string[] args)
    {
        // The same two lines stand on builder.Services in ASP.NET; there add o with { OpensAtStart = true }, so that
        // the host opens the model before it takes the first request.
        ServiceCollection services = new();
        services.AddOrtTrainerPredictor(args[0], o => o with { Predictor = new() { MaxLength = 64 } });
        services.AddTransient<Router>();
        await using ServiceProvider provider = services.BuildServiceProvider();

        string[] messages = ["Where is my parcel?", "I was charged twice", "The zip broke", "Thank you so much"];
        Router router = provider.GetRequiredService<Router>();
        string[] desks = await Task.WhenAll(messages.Select(message => Task.Run(() => router.DeskOf(message))));

        foreach ((string message, string desk) in messages.Zip(desks))
        {
            Console.WriteLine($"{desk} <- {message}");
        }
    }

    private sealed class Router(Predictor predictor)
    {
        public string DeskOf(string message) => predictor.Predict(message).Label!;
    }
}
