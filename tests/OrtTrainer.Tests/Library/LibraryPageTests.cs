namespace OrtTrainer.Tests.Library;

public sealed class LibraryPageTests
{
    [Test]
    public void Every_program_of_the_page_is_a_file_that_is_compiled_and_every_file_is_on_the_page() =>
        Assert.That(LibraryPage.Blocks("csharp"), Is.EquivalentTo(LibraryPage.Programs.Values));

    [Test]
    public void The_study_of_the_page_is_the_file_that_is_run() =>
        Assert.That(LibraryPage.Blocks("json"), Is.EqualTo(new[] { LibraryPage.ReadText(LibraryPage.StudyFile) }));

    [Test]
    public void Every_program_is_run_by_a_test() =>
        Assert.That(typeof(LibraryProgramTests).GetMethods().Select(method => method.Name.Split('_')[0]),
            Is.SupersetOf(LibraryPage.Programs.Keys));
}
