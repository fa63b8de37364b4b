"""Settings: what the environment may say, how a mistake is told, what is never shown."""

import base64
import stat

import pytest

from service.settings import SettingsError, load, secret_key
from service.settings_shown import MASK, describe

KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("DUNLOG_DATA_DIR", str(tmp_path / "data"))


def test_the_environment_is_read(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://ann:word@db/dunlog")
    monkeypatch.setenv("DUNLOG_WEBHOOK_ALLOW_NETWORKS", "10.0.0.0/8, fc00::/7")
    monkeypatch.setenv("DUNLOG_WEBHOOK_ALLOW_PORTS", "443,9443")
    monkeypatch.setenv("DUNLOG_LOG_LEVEL", "WARNING")
    settings = load()
    assert settings.database_url == "postgresql://ann:word@db/dunlog"
    assert [str(network) for network in settings.webhook_allow_networks] == ["10.0.0.0/8", "fc00::/7"]
    assert settings.webhook_allow_ports == (443, 9443)
    assert settings.log_level == "warning"
    assert not settings.embedded


def test_what_is_given_goes_before_the_environment(monkeypatch):
    monkeypatch.setenv("DUNLOG_PORT", "9000")
    monkeypatch.setenv("DATABASE_URL", "")
    assert load(port=9001).port == 9001
    assert load().embedded
    assert load(database_url="postgresql://x/y").database_url == "postgresql://x/y"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DUNLOG_PORT", "eighty"),
        ("DUNLOG_PORT", "70000"),
        ("DUNLOG_WEBHOOK_ALLOW_NETWORKS", "10.0.0.1/8"),
        ("DUNLOG_WEBHOOK_ALLOW_PORTS", "443,0"),
        ("DUNLOG_WEBHOOK_ALLOW_HTTP", "perhaps"),
        ("DATABASE_URL", "mysql://db/dunlog"),
        ("DUNLOG_SMTP_URL", "mail.example.com"),
        ("DUNLOG_SMTP_URL", "smtp://mail.example.com:99999"),
        ("DUNLOG_SMTP_FROM", "nobody"),
        ("DUNLOG_POOL_SIZE", "0"),
        ("DUNLOG_TICK_SECONDS", "-1"),
        ("DUNLOG_LOG_FORMAT", "xml"),
    ],
)
def test_a_mistake_names_its_variable_and_not_a_secret(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"^{name} cannot be used: ") as told:
        load()
    assert len(str(told.value).splitlines()) == 1
    assert "mail.example.com" not in str(told.value)


def test_the_list_tells_all_but_secrets(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://ann:hidden@db/dunlog?sslpassword=hidden&sslmode=require")
    monkeypatch.setenv("DUNLOG_SMTP_URL", "smtp://ann:hidden@mail")
    monkeypatch.setenv("DUNLOG_SECRET_KEY", "hidden")
    rows = {row.name: row for row in describe(load())}
    assert "hidden" not in str(rows)
    shown = f"postgresql://ann:{MASK}@db/dunlog?sslpassword={MASK}&sslmode=require"
    assert rows["DATABASE_URL"].value == shown
    assert rows["DUNLOG_WEBHOOK_ALLOW_PORTS"].default == "443, 8443"
    assert all(row.description for row in rows.values())


def test_the_local_key_is_made_once_and_is_ours_alone(tmp_path):
    first = secret_key(load())
    assert len(first) == 32
    assert secret_key(load()) == first
    assert stat.S_IMODE((tmp_path / "data" / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret.key"]


def test_a_key_comes_from_the_environment_or_a_file(tmp_path):
    (tmp_path / "key").write_text(f"{KEY}\n")
    assert secret_key(load(secret_key=KEY)) == bytes(range(32))
    assert secret_key(load(secret_key_file=tmp_path / "key", database_url="postgresql://x/y")) == bytes(range(32))


def test_a_missing_or_bad_key_is_told(tmp_path):
    with pytest.raises(SettingsError, match="with DATABASE_URL set DUNLOG_SECRET_KEY"):
        secret_key(load(database_url="postgresql://x/y"))
    with pytest.raises(SettingsError, match="DUNLOG_SECRET_KEY must hold base64 of 32 bytes"):
        secret_key(load(secret_key="c2hvcnQ="))
    with pytest.raises(SettingsError, match="cannot be read"):
        secret_key(load(secret_key_file=tmp_path / "nothing"))
    with pytest.raises(SettingsError, match="both set"):
        secret_key(load(secret_key=KEY, secret_key_file=tmp_path / "key"))
