using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OrtTrainer.Server;
using OrtTrainer.Server.Endpoints;
using OrtTrainer.Server.Monitoring;

// Where a program looks for methods of its application, without another using line.
namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds the endpoints of a model to an application.</summary>
public static class OrtTrainerEndpointExtensions
{
    /// <summary>
    /// Maps <c>POST predict</c>, <c>GET health/live</c>, <c>health/ready</c>, <c>metrics</c> and <c>openapi.json</c>,
    /// and a page to try the model on. The services need <see cref="ServingServiceExtensions.AddOrtTrainerServing"/>.
    /// </summary>
    /// <param name="endpoints">The application's endpoints.</param>
    /// <param name="prefix">The path that theirs begin with, such as <c>/model</c>; empty for none.</param>
    /// <returns>All of the endpoints, for conventions such as authorization.</returns>
    /// <exception cref="InvalidOperationException">The services lack what serves.</exception>
    public static IEndpointConventionBuilder MapOrtTrainer(this IEndpointRouteBuilder endpoints, string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        ServedModel model = endpoints.ServiceProvider.GetRequiredService<ServedModel>();
        ILogger logger = endpoints.ServiceProvider.GetService<ILoggerFactory>()?.CreateLogger("OrtTrainer.Server")
            ?? NullLogger.Instance;
        Exchange exchange = new(model, logger);
        PredictEndpoint predict = new(model);
        string description = OpenApiDocument.Of(model).ToJsonString();

        RouteGroupBuilder group = endpoints.MapGroup(prefix);
        group.MapPost("/predict", context => exchange.RunAsync(context, "predict", false, predict.AnswerAsync));
        Get("/metrics", "metrics", false, context => TextAsync(
            context, PrometheusText.ContentType, PrometheusText.Of(model.Metrics, model.Waiting, model.IsReady)));
        Get("/openapi.json", "openapi", false, context => TextAsync(context, "application/json", description));
        Get("/health/live", "live", true, context => TextAsync(context, "text/plain", "live\n"));
        Get("/health/ready", "ready", true, context =>
        {
            context.Response.StatusCode =
                model.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            return TextAsync(context, "text/plain", model.IsReady ? "ready\n" : "stopping\n");
        });
        Get("/", "page", true, PageEndpoint.AnswerAsync);
        return group;

        void Get(string path, string name, bool isOpen, Func<HttpContext, Task> answer) =>
            group.MapMethods(path, [HttpMethods.Get, HttpMethods.Head],
                context => exchange.RunAsync(context, name, isOpen, answer));
    }

    private static Task TextAsync(HttpContext context, string type, string text)
    {
        context.Response.ContentType = type;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
