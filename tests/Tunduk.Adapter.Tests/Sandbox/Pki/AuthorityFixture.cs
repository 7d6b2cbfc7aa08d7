using Tunduk.Adapter.Sandbox.Pki;

namespace Tunduk.Adapter.Tests.Sandbox.Pki;

/// <summary>One authority for a class of tests: keys take time to make.</summary>
public sealed class AuthorityFixture : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public AuthorityFixture()
    {
        Authority = DevelopmentAuthority.OpenOrCreate(_folder["ca"], TimeProvider.System);
        Signing = Authority.SigningCertificate("provider.sign", "70009001", "Sandbox register", "registry");
    }

    internal DevelopmentAuthority Authority { get; }

    internal SandboxCertificate Signing { get; }

    public void Dispose()
    {
        Authority.Dispose();
        _folder.Dispose();
    }
}
