using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Examples;

/// <summary>A model under /model of an application that has other pages too. Arguments: FOLDER ADDRESS.</summary>
public static class Mounting
{
    public static async Task Main(string[] args)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Services.AddOrtTrainerPredictor(args[0]);
        builder.Services.AddOrtTrainerServing(o => o with { MaxTexts = 32, Timeout = TimeSpan.FromSeconds(5) });

        WebApplication app = builder.Build();
        app.MapOrtTrainer("/model");
        app.MapGet("/end", (Microsoft.Extensions.Hosting.IHostApplicationLifetime life) => life.StopApplication());
        app.Urls.Add(args[1]);
        await app.RunAsync();
    }
}
