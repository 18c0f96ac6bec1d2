using static ActorBroker.Core.Configuration.DynamicMode;
using static ActorBroker.Core.Configuration.SettingValidator;
using static ActorBroker.Core.Configuration.Tables.Setting;

namespace ActorBroker.Core.Configuration.Tables;

/// <summary>SASL.</summary>
public static class SaslSettingTable
{
    public static readonly SettingDefinition[] Definitions =
    [
        Class("sasl.client.callback.handler.class", null, ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        List("sasl.enabled.mechanisms", "GSSAPI", PerBroker,
            "SASL mechanisms that clients may choose from.",
            AnyList),
        Password("sasl.jaas.config", null, PerBroker,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Text("sasl.kerberos.kinit.cmd", "/usr/bin/kinit", PerBroker,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Long("sasl.kerberos.min.time.before.relogin", "60000", PerBroker,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        List("sasl.kerberos.principal.to.local.rules", "DEFAULT", PerBroker,
            "Kafka's SASL machinery in Java; taken as it is, without effect.",
            AnyList) with { HasEffect = false },
        Text("sasl.kerberos.service.name", null, PerBroker,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Double("sasl.kerberos.ticket.renew.jitter", "0.05", PerBroker,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Double("sasl.kerberos.ticket.renew.window.factor", "0.8", PerBroker,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Class("sasl.login.callback.handler.class", null, ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Class("sasl.login.class", null, ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Int("sasl.login.connect.timeout.ms", null, ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Int("sasl.login.read.timeout.ms", null, ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Short("sasl.login.refresh.buffer.seconds", "300", PerBroker,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Short("sasl.login.refresh.min.period.seconds", "60", PerBroker,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Double("sasl.login.refresh.window.factor", "0.8", PerBroker,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Double("sasl.login.refresh.window.jitter", "0.05", PerBroker,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Long("sasl.login.retry.backoff.max.ms", "10000", ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Long("sasl.login.retry.backoff.ms", "100", ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Text("sasl.mechanism.controller.protocol", "GSSAPI", ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Text("sasl.mechanism.inter.broker.protocol", "GSSAPI", PerBroker,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Text("sasl.oauthbearer.assertion.algorithm", "RS256", ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.",
            OneOfAnyCase("ES256", "RS256")) with { HasEffect = false },
        Text("sasl.oauthbearer.assertion.claim.aud", null, ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Int("sasl.oauthbearer.assertion.claim.exp.seconds", "300", ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.",
            Between(0, 86400)) with { HasEffect = false },
        Text("sasl.oauthbearer.assertion.claim.iss", null, ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Bool("sasl.oauthbearer.assertion.claim.jti.include", "false", ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Int("sasl.oauthbearer.assertion.claim.nbf.seconds", "60", ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.",
            Between(0, 3600)) with { HasEffect = false },
        Text("sasl.oauthbearer.assertion.claim.sub", null, ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Text("sasl.oauthbearer.assertion.file", null, ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Text("sasl.oauthbearer.assertion.private.key.file", null, ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Password("sasl.oauthbearer.assertion.private.key.passphrase", null, ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Text("sasl.oauthbearer.assertion.template.file", null, ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Text("sasl.oauthbearer.client.credentials.client.id", null, ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Password("sasl.oauthbearer.client.credentials.client.secret", null, ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Int("sasl.oauthbearer.clock.skew.seconds", "30", ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        List("sasl.oauthbearer.expected.audience", "", ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.",
            AnyList) with { HasEffect = false },
        Text("sasl.oauthbearer.expected.issuer", null, ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Long("sasl.oauthbearer.jwks.endpoint.refresh.ms", "3600000", ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Long("sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms", "10000", ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Long("sasl.oauthbearer.jwks.endpoint.retry.backoff.ms", "100", ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Text("sasl.oauthbearer.jwks.endpoint.url", null, ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Class("sasl.oauthbearer.jwt.retriever.class", "org.apache.kafka.common.security.oauthbearer.DefaultJwtRetriever", ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Class("sasl.oauthbearer.jwt.validator.class", "org.apache.kafka.common.security.oauthbearer.DefaultJwtValidator", ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Text("sasl.oauthbearer.scope", null, ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Text("sasl.oauthbearer.scope.claim.name", "scope", ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Text("sasl.oauthbearer.sub.claim.name", "sub", ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Text("sasl.oauthbearer.token.endpoint.url", null, ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Class("sasl.server.callback.handler.class", null, ReadOnly,
            "Kafka's SASL machinery in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Int("sasl.server.max.receive.size", "524288", ReadOnly,
            "Largest frame that is read before a client has authenticated."),
    ];
}
