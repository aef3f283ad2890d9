using System.Net.Http.Headers;
using System.Text;
using OrtTrainer.Common;

namespace OrtTrainer.Logging.Mlflow;

/// <summary>An MLflow tracking server, and how it is told who asks.</summary>
/// <param name="Address">Its address, http or https.</param>
/// <param name="Authorization">What is sent with every request; null for nothing.</param>
internal sealed record MlflowServer(Uri Address, AuthenticationHeaderValue? Authorization)
{
    private const string AddressVariable = "MLFLOW_TRACKING_URI";

    /// <summary>The server that MLflow's own variables of the environment name.</summary>
    /// <exception cref="RunException">They name none that can be asked over HTTP.</exception>
    public static MlflowServer OfEnvironment() => Of(Environment.GetEnvironmentVariable);

    /// <summary>The server that variables name: a user name with a password counts before a token, as in
    /// MLflow.</summary>
    /// <exception cref="RunException">They name none that can be asked over HTTP.</exception>
    internal static MlflowServer Of(Func<string, string?> variable)
    {
        string? address = variable(AddressVariable);
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https"))
        {
            string found = string.IsNullOrEmpty(address) ? "not set" : $"'{address}'";
            throw new RunException(
                $"{AddressVariable} is {found}; logging to mlflow needs the address of a tracking server, such as "
                + "http://localhost:5000. Set it, or leave mlflow out.");
        }

        string? user = variable("MLFLOW_TRACKING_USERNAME"), password = variable("MLFLOW_TRACKING_PASSWORD");
        string? token = variable("MLFLOW_TRACKING_TOKEN");
        return new MlflowServer(
            new Uri(uri.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/"),
            !string.IsNullOrEmpty(user) && !string.IsNullOrEmpty(password)
                ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")))
                : !string.IsNullOrEmpty(token) ? new("Bearer", token) : null);
    }
}
