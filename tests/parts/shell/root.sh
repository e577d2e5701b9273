#!/bin/bash
# The first process of a test's app container that has a root file system of its own:
# ROOT "TOOL …" [PATH …]. The layout is that of an image of SageMaker's; of this system's
# programs only the tools are there; each path is seen inside as it is outside.
#
# When stdin is closed it ends, and the kernel ends whatever else is inside.
set -e
PATH=/usr/sbin:/usr/bin:/sbin:/bin
# This /proc is still the one outside.
read -r outside _ </proc/self/stat
root=$1 tools=$2
shift 2
mount -t tmpfs -o mode=755 root "$root"
cd "$root"
mkdir -p proc dev .old .tools/bin .tools/sbin usr/bin usr/sbin etc root run tmp var/tmp var/log/apps
mkdir -p home/sagemaker-user home/ec2-user/SageMaker opt/conda/bin opt/ml/metadata opt/ml/lifecycleconfig
chmod 1777 tmp var/tmp

for dir in lib lib32 lib64 libexec share; do
  if [ -d /usr/$dir ]; then
    mkdir usr/$dir
    mount --rbind /usr/$dir usr/$dir
  fi
  if [ -h /$dir ]; then
    ln -s "$(readlink /$dir)" $dir
  elif [ -d /$dir ]; then
    mkdir $dir
    mount --rbind /$dir $dir
  fi
done
ln -s usr/bin bin
ln -s usr/sbin sbin
mount --bind /usr/bin .tools/bin
mount --bind /usr/sbin .tools/sbin
for tool in $tools; do
  path=$(command -v "$tool") || { echo "there is no program $tool here" >&2; exit 1; }
  ln -s "/.tools/${path#/usr/}" usr/bin/"$tool"
done

for part in ld.so.cache alternatives pam.d security login.defs ssl; do
  if [ -e /etc/$part ]; then cp -a /etc/$part etc/; fi
done
echo 'passwd: files
group: files
hosts: files' >etc/nsswitch.conf
echo '127.0.0.1 localhost' >etc/hosts
echo 'root:x:0:0::/root:/bin/sh
sagemaker-user:x:1000:100::/home/sagemaker-user:/bin/sh
ec2-user:x:1001:1001::/home/ec2-user:/bin/sh' >etc/passwd
echo 'root:x:0:
users:x:100:
ec2-user:x:1001:' >etc/group
echo 'root:*:19000::::::
sagemaker-user:*:19000::::::
ec2-user:*:19000::::::' >etc/shadow
touch var/log/apps/app_container.log
chown -R 1000:100 home/sagemaker-user var/log/apps
chown -R 1001:1001 home/ec2-user

for path; do
  mkdir -p ".$path"
  mount --rbind "$path" ".$path"
done
mount -t proc proc proc
mount --rbind /dev dev
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts dev/pts
mount --bind dev/pts/ptmx dev/ptmx
pivot_root . .old
cd /
/.tools/bin/umount -l /.old
echo "ready $outside"
while read -r _; do :; done
