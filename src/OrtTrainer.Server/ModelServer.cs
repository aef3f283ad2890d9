using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrtTrainer.Common;
using OrtTrainer.Prediction;
using OrtTrainer.Server.Endpoints;
using OrtTrainer.Server.Requests;

namespace OrtTrainer.Server;

/// <summary>A server of one model: Kestrel with the endpoints of a model, and nothing read from the
/// environment.</summary>
public sealed class ModelServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ServedModel _model;
    private readonly ModelServerOptions _options;

    private ModelServer(WebApplication application, ServedModel model, ModelServerOptions options) =>
        (_application, _model, _options) = (application, model, options);

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_application.Services.GetRequiredService<IServer>().Features
        .GetRequiredFeature<IServerAddressesFeature>().Addresses.First());

    /// <summary>Starts a server.</summary>
    /// <param name="predictor">The model; disposed by the caller, after the server.</param>
    /// <param name="options">Address and limits; null for the defaults.</param>
    /// <param name="logs">Takes in what the server logs; null for nobody.</param>
    /// <param name="cancellation">Ends the start.</param>
    /// <exception cref="RunException">The address cannot be listened on, or the task cannot be served.</exception>
    public static Task<ModelServer> StartAsync(
        Predictor predictor, ModelServerOptions? options = null, ILoggerProvider? logs = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(predictor);
        options ??= new ModelServerOptions();
        return StartAsync(new ServedModel(predictor, options.Serving), options, logs, cancellation);
    }

    /// <summary>As the other, of a model that is disposed with the server.</summary>
    /// <inheritdoc cref="StartAsync(Predictor, ModelServerOptions, ILoggerProvider, CancellationToken)"/>
    internal static async Task<ModelServer> StartAsync(
        ServedModel model, ModelServerOptions options, ILoggerProvider? logs = null,
        CancellationToken cancellation = default)
    {
        WebApplication? application = null;
        try
        {
            await Task.Run(model.WarmUp, cancellation);
            application = Build(model, options, logs);
            await application.StartAsync(cancellation);
            return new ModelServer(application, model, options);
        }
        catch (Exception failure)
        {
            model.Dispose();
            if (application is not null)
            {
                await application.DisposeAsync();
            }

            if (failure is AddressInUseException or SocketException or IOException)
            {
                throw new RunException(
                    $"{options.Host}:{options.Port} cannot be listened on: {failure.Message} Choose another address " +
                    "or port.", failure);
            }

            throw;
        }
    }

    /// <summary>
    /// Stops: says that it is not ready, waits the delay, takes no more connections, and lets requests that run finish.
    /// </summary>
    /// <returns>Whether all of them finished in time; the others were cut off.</returns>
    public async Task<bool> StopAsync()
    {
        _model.Retire();
        await Task.Delay(_options.StopDelay);
        using CancellationTokenSource limit = new(_options.StopTimeout);
        try
        {
            await _application.StopAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // The time is over.
        }

        return !limit.IsCancellationRequested;
    }

    /// <summary>Ends it, at once where it has not been stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _model.Dispose();
    }

    private static WebApplication Build(ServedModel model, ModelServerOptions options, ILoggerProvider? logs)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        if (logs is not null)
        {
            // Why a start fails, the caller is told.
            builder.Logging.AddProvider(logs).AddFilter("Microsoft", LogLevel.Warning)
                .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        }

        // Signals are the caller's.
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Timeout.InfiniteTimeSpan);
        builder.Services.AddSingleton(model);
        builder.Services.AddRoutingCore();
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins([.. options.CorsOrigins]).WithMethods("GET", "POST")
            .WithHeaders("Content-Type", "Authorization", "X-Api-Key", RequestId.Header)
            .WithExposedHeaders(RequestId.Header, PredictEndpoint.CutHeader, "Retry-After")));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Limit(kestrel, options));

        WebApplication application = builder.Build();
        application.Use((context, next) => AnswerOthersAsync(context, next, model));
        application.UseRouting();
        if (options.CorsOrigins.Count > 0)
        {
            application.UseCors();
        }

        application.MapOrtTrainer();
        return application;
    }

    private static void Limit(KestrelServerOptions kestrel, ModelServerOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Listen(options.Host, options.Port);
        KestrelServerLimits limits = kestrel.Limits;
        limits.MaxConcurrentConnections = options.MaxConnections;
        limits.MaxConcurrentUpgradedConnections = 0;
        limits.MaxRequestBodySize = options.Serving.MaxBodyBytes;
        limits.RequestHeadersTimeout = options.HeadersTimeout;
        limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
    }

    // Paths and methods that nothing is mapped to.
    private static async Task AnswerOthersAsync(HttpContext context, RequestDelegate next, ServedModel model)
    {
        await next(context);
        int status = context.Response.StatusCode;
        if (!context.Response.HasStarted
            && context.GetEndpoint()?.DisplayName is null or "405 HTTP Method Not Supported"
            && status is StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed)
        {
            model.Metrics.Answered("none", status);
            context.Response.Headers[RequestId.Header] = RequestId.Of(context);
            await Problem.WriteAsync(context, status == StatusCodes.Status404NotFound
                ? new RefusedRequestException(
                    status, "path", "There is nothing here; /openapi.json lists what is there.")
                : new RefusedRequestException(status, "method", $"This does not take {context.Request.Method}."));
        }
    }

    private sealed class CallersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
