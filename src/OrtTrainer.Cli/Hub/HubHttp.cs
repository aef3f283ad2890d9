using System.Net;
using System.Net.Http.Headers;
using OrtTrainer.Common;
using OrtTrainer.Hub;

namespace OrtTrainer.Cli.Hub;

/// <summary>
/// A hub over HTTP. Proxies come from the environment (<c>HTTPS_PROXY</c>), the server from <c>HF_ENDPOINT</c>. The
/// token goes to that server alone, never to another that it redirects to.
/// </summary>
/// <param name="pause">Waits between tries; null for waiting indeed.</param>
internal sealed class HubHttp(Action<TimeSpan, CancellationToken>? pause = null) : IHubServer, IDisposable
{
    private const int MostTries = 5;
    private const int MostRedirects = 8;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        ConnectTimeout = Silence,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public HubListing List(HubName model, HubSettings settings, CancellationToken cancellation)
    {
        string revision = Uri.EscapeDataString(model.EffectiveRevision);
        Uri address = AddressOf(
            settings, $"{settings.Endpoint}/api/models/{model.Repository}/revision/{revision}?blobs=true");
        string json = Retried(model, address, cancellation, progress: null, async () =>
        {
            using Deadline deadline = new(cancellation);
            using HttpResponseMessage answer = await Get(model, address, 0, settings, deadline);
            return await answer.Content.ReadAsStringAsync(deadline.Token);
        });
        return HubListing.Parse(model, json);
    }

    public void Append(
        HubName model, HubFile file, Stream target, HubSettings settings, Action<long> read,
        CancellationToken cancellation)
    {
        string path = string.Join('/', file.Path.Split('/').Select(Uri.EscapeDataString));
        Uri address = AddressOf(
            settings, $"{settings.Endpoint}/{model.Repository}/resolve/{model.EffectiveRevision}/{path}");
        _ = Retried(model, address, cancellation, () => target.Length, async () =>
        {
            await Append(model, address, file, target, settings, read, cancellation);
            return true;
        });
    }

    public void Dispose() => _client.Dispose();

    private async Task Append(
        HubName model, Uri address, HubFile file, Stream target, HubSettings settings, Action<long> read,
        CancellationToken cancellation)
    {
        using Deadline deadline = new(cancellation);
        using HttpResponseMessage answer = await Get(model, address, target.Length, settings, deadline);
        if (target.Length > 0 && (answer.StatusCode != HttpStatusCode.PartialContent
            || answer.Content.Headers.ContentRange?.From != target.Length))
        {
            // A server that cannot go on sends all of it again.
            target.SetLength(0);
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                throw new HttpRequestException("the server sends another part than was asked for");
            }
        }

        target.Seek(0, SeekOrigin.End);
        await using Stream content = await answer.Content.ReadAsStreamAsync(deadline.Token);
        byte[] buffer = new byte[1 << 17];
        for (int count; (count = await content.ReadAsync(buffer, deadline.Token)) > 0;)
        {
            target.Write(buffer, 0, count);
            read(target.Length);
            deadline.Extend();
            if (target.Length > file.Size)
            {
                // More than is listed, perhaps without end: whoever compares sizes refuses it.
                return;
            }
        }

        if (target.Length < file.Size)
        {
            throw new HttpRequestException(
                $"the connection ended after {target.Length} of {file.Size} bytes of {file.Path}");
        }
    }

    private async Task<HttpResponseMessage> Get(
        HubName model, Uri address, long start, HubSettings settings, Deadline deadline)
    {
        Uri at = address;
        for (int redirects = 0; redirects <= MostRedirects; redirects++)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, at);
            request.Headers.UserAgent.ParseAdd($"orttrainer/{CommandProgram.Version}");
            // A range over compressed bytes would be one of other content.
            request.Headers.AcceptEncoding.ParseAdd("identity");
            if (settings.Token is { } token && IsSameServer(at, address))
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            }

            if (start > 0)
            {
                request.Headers.Range = new RangeHeaderValue(start, null);
            }

            HttpResponseMessage answer =
                await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            if ((int)answer.StatusCode is < 300 or >= 400 || answer.Headers.Location is not { } next)
            {
                return answer.IsSuccessStatusCode ? answer : throw HubAnswer.Failure(model, answer, settings);
            }

            answer.Dispose();
            next = new Uri(at, next);
            if (next.Scheme != Uri.UriSchemeHttps && next.Scheme != at.Scheme)
            {
                throw new RunException($"{model}: {at.Host} redirects to {next.Scheme}://{next.Host}, which is not "
                    + "encrypted. Nothing was downloaded. Check HF_ENDPOINT and the proxy.");
            }

            at = next;
        }

        throw new RunException($"{model}: {address.Host} redirects in a circle. Check HF_ENDPOINT and the proxy.");
    }

    /// <summary>Tries several times what may fail for a while; what moves on is tried as often as it does.</summary>
    private T Retried<T>(
        HubName model, Uri address, CancellationToken cancellation, Func<long>? progress, Func<Task<T>> attempt)
    {
        long reached = progress?.Invoke() ?? 0;
        for (int failed = 1; ; failed++)
        {
            try
            {
                return attempt().GetAwaiter().GetResult();
            }
            catch (Exception e) when (HubAnswer.IsPassing(e, cancellation))
            {
                long here = progress?.Invoke() ?? 0;
                (failed, reached) = here > reached ? (1, here) : (failed, reached);
                if (failed == MostTries)
                {
                    throw HubAnswer.GiveUp(model, address, e);
                }

                TimeSpan wait = (e as PassingFailure)?.Wait ?? FirstPause * (1 << failed);
                Wait(wait < LongestPause ? wait : LongestPause, cancellation);
            }
        }
    }

    private void Wait(TimeSpan wait, CancellationToken cancellation)
    {
        if (pause is not null)
        {
            pause(wait, cancellation);
        }
        else
        {
            cancellation.WaitHandle.WaitOne(wait);
        }

        cancellation.ThrowIfCancellationRequested();
    }

    private static Uri AddressOf(HubSettings settings, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            ? address
            : throw new RunException($"HF_ENDPOINT is '{settings.Endpoint}'; expected the address of a hub, such as "
                + "https://huggingface.co.");

    private static bool IsSameServer(Uri one, Uri other) =>
        one.Scheme == other.Scheme && one.Host == other.Host && one.Port == other.Port;

    /// <summary>Ends what is silent for too long.</summary>
    private sealed class Deadline : IDisposable
    {
        private readonly CancellationTokenSource _source;

        public Deadline(CancellationToken cancellation)
        {
            _source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            Extend();
        }

        public CancellationToken Token => _source.Token;

        public void Extend() => _source.CancelAfter(Silence);

        public void Dispose() => _source.Dispose();
    }
}
