using OrtTrainer.Teachers;

namespace OrtTrainer.Tests.Teachers;

[NonParallelizable]
public sealed class CacheFolderTests
{
    private const string Variable = "XDG_CACHE_HOME";

    private string? _before;

    [SetUp]
    public void Remember() => _before = Environment.GetEnvironmentVariable(Variable);

    [TearDown]
    public void Restore() => Environment.SetEnvironmentVariable(Variable, _before);

    [Test]
    public void The_users_cache_is_where_the_variable_says()
    {
        string named = Path.Combine(Path.GetTempPath(), "caches");
        Environment.SetEnvironmentVariable(Variable, named);

        Assert.That(CacheFolder.OfUser, Is.EqualTo(Path.Combine(named, "orttrainer", "teacher-logits")));
        Assert.That(new TeacherOptions { Model = "m" }.Resolve().Cache, Is.EqualTo(CacheFolder.OfUser));
    }

    [TestCase(null)]
    [TestCase("caches")]
    public void Without_it_or_with_a_relative_path_it_lies_in_the_users_own_folder(string? named)
    {
        Environment.SetEnvironmentVariable(Variable, named);

        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        Assert.That(CacheFolder.OfUser,
            Does.StartWith(home).And.EndsWith(Path.Combine("orttrainer", "teacher-logits")));
    }
}
