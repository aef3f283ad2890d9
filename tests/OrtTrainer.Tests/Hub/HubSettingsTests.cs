using OrtTrainer.Hub;

namespace OrtTrainer.Tests.Hub;

public sealed class HubSettingsTests
{
    private static readonly string Home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    [Test]
    public void Without_variables_the_cache_is_the_users() =>
        Assert.That(
            HubSettings.Of(_ => null).Cache, Is.EqualTo(Path.Combine(Home, ".cache", "huggingface", "hub")));

    [TestCase("HF_HUB_CACHE", "/x/cache", "/x/cache")]
    [TestCase("HF_HOME", "/x/home", "/x/home/hub")]
    [TestCase("XDG_CACHE_HOME", "/x/xdg", "/x/xdg/huggingface/hub")]
    [TestCase("HUGGINGFACE_HUB_CACHE", "/x/old", "/x/old")]
    public void Variables_say_where_the_cache_lies(string name, string value, string cache) =>
        Assert.That(
            HubSettings.Of(variable => variable == name ? value : null).Cache, Is.EqualTo(Path.GetFullPath(cache)));

    [TestCase("1", true)]
    [TestCase("yes", true)]
    [TestCase("0", false)]
    [TestCase("", false)]
    public void Offline_is_said_by_a_variable(string value, bool isOffline) =>
        Assert.That(
            HubSettings.Of(variable => variable == "HF_HUB_OFFLINE" ? value : null).IsOffline, Is.EqualTo(isOffline));

    [Test]
    public void A_token_comes_of_the_variable_or_else_of_the_file()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "hf_file\n");
            string? Variable(string name) => name == "HF_TOKEN_PATH" ? file : null;

            Assert.That(HubSettings.Of(Variable).Token, Is.EqualTo("hf_file"));
            Assert.That(
                HubSettings.Of(name => name == "HF_TOKEN" ? "hf_variable" : Variable(name)).Token,
                Is.EqualTo("hf_variable"));
            Assert.That(
                HubSettings.Of(name => name == "HF_HUB_DISABLE_IMPLICIT_TOKEN" ? "1" : Variable(name)).Token, Is.Null);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
