namespace Tunduk.Adapter.Tests.Functional;

/// <summary>Says that a test brings a code of the closed list about on these faces at a running adapter; <c>EveryCodeTests</c> counts them.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class ProvokesAttribute(string code, params string[] faces) : Attribute
{
    public string Code => code;

    public IReadOnlyList<string> Faces => faces;
}
