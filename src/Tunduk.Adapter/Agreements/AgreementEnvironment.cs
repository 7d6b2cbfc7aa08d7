namespace Tunduk.Adapter.Agreements;

/// <summary>Whether a service touches real data. The two never mix.</summary>
internal enum AgreementEnvironment
{
    Production,
    Test,
}
